"""From greeting to agreement over each channel, against the real Rasa and servers that answer as the providers do."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable
from datetime import date, timedelta

import pixcanvas

from tests.e2e.people import TODAY, OnTelegram, OnWhatsApp, Person
from tests.e2e.running import ROOT, RunningProduct

DISCLOSURE = re.compile(
    r"dívida|débito|atras|cobran|parcel|boleto|fatura|saldo|pendência|em aberto|vencid|R\$|acordo|contrato",
    re.IGNORECASE,
)


async def test_a_debt_is_settled_on_whatsapp(product: RunningProduct, on_whatsapp: Callable[..., OnWhatsApp]) -> None:
    maria = on_whatsapp()

    greeting = await maria.says("oi")
    assert "assistente virtual" in greeting
    assert "Lojas Exemplo" in greeting
    assert not DISCLOSURE.search(greeting)

    told = await maria.says("03/04/1985")
    # R$ 250 each, 60 and 30 days late at 1 % a month, and a fine of 2 % on both
    assert "Valor original: R$ 500,00" in told
    assert "Multa: R$ 10,00" in told
    assert "Juros por atraso: R$ 7,50" in told
    assert "Total hoje: R$ 517,50" in told

    terms = await maria.says("dá pra fazer em 3x?")
    assert "3ª: R$" in terms
    assert "CNPJ 11.222.333/0001-81" in terms  # R4
    assert "ao ano" in terms  # R38

    unclear = await maria.says("pode ser")
    assert "sim, aceito" in unclear  # R58

    agreed = await maria.says("sim, aceito")
    assert "Acordo feito, Maria" in agreed
    code = agreed.split("\n\n")[-1]
    assert code.startswith("000201")
    assert pixcanvas is not None

    shown = product.conversation(maria.person.phone)
    assert shown["identified"] is True
    debtor = product.json("debtor", "show", maria.person.document)
    agreement = product.json("agreement", "show", debtor["agreements"][0])
    assert agreement["state"] == "active"
    assert agreement["document"] == maria.person.document
    assert sum(i["amount_centavos"] for i in agreement["installments"]) == agreement["total_centavos"]
    assert len(agreement["installments"]) == 3
    assert [m["text"] for m in agreement["transcript"] if m["author"] == "debtor"] == [
        "oi", "03/04/1985", "dá pra fazer em 3x?", "pode ser", "sim, aceito",
    ]  # fmt: skip
    assert all(m["provider_id"] for m in agreement["transcript"])
    assert debtor["debts"][0]["state"] == "in_agreement"
    assert product.twilio.violations == []

    afterwards = await maria.says("quantas parcelas faltam?")
    assert "R$" in afterwards
    assert "1ª" in afterwards or "parcela 1" in afterwards.lower() or "próximo pagamento" in afterwards


async def test_a_debt_is_settled_on_telegram_by_a_deep_link(
    product: RunningProduct, on_telegram: Callable[..., OnTelegram]
) -> None:
    joao = on_telegram(name="João Souza", born=date(1970, 12, 1))
    link = product.trato("debtor", "link", joao.person.document).strip()
    token = re.search(r"start[= ](\S+)", link)
    assert token is not None

    greeting = await joao.starts(token.group(1))
    assert not DISCLOSURE.search(greeting)
    told = await joao.says("1/12/70")
    assert "Total hoje: R$ 517,50" in told
    terms = await joao.presses("À vista")
    assert "Pagamento à vista" in terms
    agreed = await joao.presses("Sim, aceito")
    assert "Acordo feito, João" in agreed
    assert product.telegram.violations == []

    again = await OnTelegram(product, Person(9_999)).starts(token.group(1))
    assert "data de nascimento" not in again, "a link works once"


async def test_the_phone_shared_on_telegram_tells_whom_to_ask(on_telegram: Callable[..., OnTelegram]) -> None:
    ana = on_telegram(name="Ana Lima", born=date(1999, 2, 28))
    assert "telefone" in await ana.starts()
    assert "nascimento" in await ana.shares_phone()
    assert "Total hoje" in await ana.says("28/02/1999")


async def test_a_counter_offer_gets_the_nearest_terms(on_whatsapp: Callable[..., OnWhatsApp]) -> None:
    maria = on_whatsapp(amount="1.000,00")
    await maria.identified()
    answer = await maria.says("só consigo 100 por mês")
    assert "parcelas de até R$" in answer
    assert "Você aceita?" in answer


async def test_several_debts_are_listed_and_settled_together(
    product: RunningProduct, on_whatsapp: Callable[..., OnWhatsApp]
) -> None:
    bento = on_whatsapp(name="Bento Alves", debts=3)
    listed = await bento.identified()
    assert "3 contratos" in listed
    assert "Somando os 3 contratos" in await bento.says("todos")
    await bento.says("quero pagar à vista")
    assert "Acordo feito, Bento" in await bento.says("aceito")
    debtor = product.json("debtor", "show", bento.person.document)
    assert {d["state"] for d in debtor["debts"]} == {"in_agreement"}
    assert len(debtor["agreements"]) == 1


async def test_a_digression_keeps_the_open_question_and_a_yes_after_it_shows_the_terms_again(
    product: RunningProduct, on_whatsapp: Callable[..., OnWhatsApp]
) -> None:
    maria = on_whatsapp()
    await maria.identified()
    await maria.says("quero pagar à vista")
    await maria.says("isso é golpe?")
    await maria.says("de qual empresa vocês são?")
    again = await maria.says("sim")
    assert "Você aceita?" in again or "Posso" in again or "R$" in again
    assert product.json("debtor", "show", maria.person.document)["agreements"] == []


async def test_a_person_is_called_on_the_first_request(
    product: RunningProduct, on_whatsapp: Callable[..., OnWhatsApp]
) -> None:
    maria = on_whatsapp()
    answer = await maria.says("quero falar com um atendente")
    assert "pessoa" in answer
    assert product.conversation(maria.person.phone)["state"] == "waiting"


async def test_the_wrong_birth_date_three_times_leads_to_a_person_and_discloses_nothing(
    product: RunningProduct, on_whatsapp: Callable[..., OnWhatsApp]
) -> None:
    maria = on_whatsapp()
    await maria.says("oi")
    for wrong in ("01/01/1980", "02/02/1981", "03/03/1982"):
        assert not DISCLOSURE.search(await maria.says(wrong))
    assert product.conversation(maria.person.phone)["state"] == "waiting"


async def test_stop_closes_the_conversation_with_one_confirmation(
    product: RunningProduct, on_whatsapp: Callable[..., OnWhatsApp]
) -> None:
    maria = on_whatsapp()
    await maria.says("oi")
    assert await maria.says("SAIR")
    assert product.conversation(maria.person.phone)["state"] == "closed"
    contacts = product.json("debtor", "show", maria.person.document)["contacts"]
    assert {c["state"] for c in contacts if c["address"] == maria.person.phone} == {"opted_out"}


def test_the_same_dialogue_in_the_terminal_ends_in_an_agreement_with_its_record(
    product: RunningProduct, a_person: Callable[..., Person]
) -> None:
    person = a_person(name="Carla Dias")
    words = "oi\n03/04/1985\nquero pagar à vista\nsim, aceito\n"
    done = subprocess.run(
        [sys.executable, "-m", "bot.cli", "chat", "--phone", person.phone],
        cwd=ROOT,
        env=product.environment,
        input=words,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "Acordo feito, Carla" in done.stdout
    debtor = product.json("debtor", "show", person.document)
    agreement = json.loads(product.trato("agreement", "show", debtor["agreements"][0], "--json"))
    assert [m["text"] for m in agreement["transcript"] if m["author"] == "debtor"] == words.splitlines()
    assert agreement["installments"][0]["due_on"] >= (TODAY + timedelta(days=1)).isoformat()
