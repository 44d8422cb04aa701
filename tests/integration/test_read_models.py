"""The JSON that outsiders rely on: keys, states and the forms of amounts, days and times."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator
from datetime import date, datetime, timedelta
from uuid import UUID

import pytest

from bot.domain.errors import NotFound
from tests.builders import a_debt, an_installment
from tests.integration.assembled import CPF, PHONE, Assembled, assembled

MESSAGE = {"id", "at", "direction", "author", "text", "provider_id", "in_reply_to", "status"}


@pytest.fixture
async def it(database_url: str) -> AsyncIterator[Assembled]:
    async with assembled(database_url) as made:
        yield made


async def test_a_debtor_has_the_keys_of_the_contract(it: Assembled) -> None:
    it.knows(a_debt(1), a_debt(2, an_installment(days=-5)))
    conversation = await it.confirmed()
    await it.acts(conversation, "request_human", "quero um atendente")
    shown = await it.read_models.debtor(CPF)

    assert {"document", "name", "profile", "debts", "contacts", "agreements", "duties"} <= shown.keys()
    assert shown["profile"] in ("occasional", "negligent", "chronic", "defaulter")
    first, later = shown["debts"]
    assert {"id", "creditor", "contract", "state", "state_reason", "balance_centavos", "items"} <= first.keys()
    assert first["state"] == "open"
    assert {i["kind"] for i in first["items"]} == {"principal", "fine", "interest"}
    assert sum(i["amount_centavos"] for i in first["items"]) == first["balance_centavos"] == 1_030_00
    assert later["balance_centavos"] == 0, "nothing due yet"
    assert shown["contacts"] == [{"channel": "whatsapp", "address": PHONE, "state": "active"}]
    (duty,) = shown["duties"]
    assert (duty["kind"], duty["state"], date.fromisoformat(duty["due_on"]).weekday() < 5) == ("human", "open", True)
    assert json.loads(json.dumps(shown)) == shown


async def test_a_conversation_has_the_keys_of_the_contract(it: Assembled) -> None:
    it.knows()
    conversation = await it.confirmed()
    await it.hears("mais uma")
    await it.answers(conversation)
    (listed,) = await it.read_models.conversations(address=PHONE)
    shown = await it.read_models.conversation(conversation)

    assert {"id", "channel", "address", "state", "created_at"} <= listed.keys()
    assert listed.items() <= shown.items()
    assert (shown["identified"], shown["state"], shown["channel"]) == (True, "bot", "whatsapp")
    assert all(
        {"id", "total_centavos", "installments", "shown_at", "expires_at", "policy_version"} <= o.keys()
        for o in shown["offers"]
    )
    assert len(shown["offers"]) == 2
    assert all(m.keys() >= MESSAGE for m in shown["messages"])
    heard = next(m for m in shown["messages"] if m["text"] == "mais uma")
    said = shown["messages"][-1]
    assert (heard["direction"], heard["author"], heard["status"]) == ("in", "debtor", "answered")
    assert (said["direction"], said["author"], said["status"]) == ("out", "assistant", "sent")
    assert (said["in_reply_to"], said["text"]) == ([heard["id"]], it.channel.texts[-1])
    for moment in (shown["created_at"], heard["at"], shown["offers"][0]["shown_at"]):
        assert datetime.fromisoformat(moment).utcoffset() is not None, moment
    assert json.loads(json.dumps(shown)) == shown


async def test_a_refused_message_names_its_rule(it: Assembled) -> None:
    it.knows()
    conversation = await it.hears("sua dívida")
    await it.answers(conversation)
    shown = await it.read_models.conversation(conversation)

    assert (shown["messages"][-1]["status"], shown["messages"][-1]["rule"]) == ("refused", "R10")


async def test_the_list_is_by_address_and_the_newest_first(it: Assembled) -> None:
    first = await it.hears()
    it.clock.goes_on(timedelta(minutes=1))
    second = await it.hears(address="+5511977776666")

    assert [c["id"] for c in await it.read_models.conversations()] == [str(second), str(first)]
    assert [c["id"] for c in await it.read_models.conversations(address=PHONE)] == [str(first)]
    assert await it.read_models.conversations(address="nobody") == []


async def test_an_agreement_has_the_keys_of_the_contract(it: Assembled) -> None:
    it.knows()
    await it.agreed()
    (agreement_id,) = (await it.read_models.debtor(CPF))["agreements"]
    shown = await it.read_models.agreement(UUID(agreement_id))

    keys = {"id", "state", "document", "debts", "total_centavos", "installments", "accepted_at", "policy_version"}
    assert keys | {"transcript"} <= shown.keys()
    assert (shown["state"], shown["document"]) == ("active", CPF)
    assert sum(i["amount_centavos"] for i in shown["installments"]) == shown["total_centavos"]
    assert shown["installments"][0].keys() == {"number", "due_on", "amount_centavos", "paid_on"}
    assert re.fullmatch(r"\d{4}-\d{2}-\d{2}", shown["installments"][0]["due_on"])
    assert all(m.keys() >= MESSAGE for m in shown["transcript"])
    assert datetime.fromisoformat(shown["accepted_at"]).utcoffset() is not None
    (listed,) = await it.read_models.agreements()
    assert listed.items() <= shown.items()
    assert "transcript" not in listed


async def test_states_of_an_agreement_follow_from_the_days(it: Assembled) -> None:
    it.knows()
    await it.agreed()
    (agreement_id,) = (await it.read_models.debtor(CPF))["agreements"]
    it.clock.goes_on(timedelta(days=60))

    assert (await it.read_models.agreement(UUID(agreement_id)))["state"] == "broken"


async def test_what_is_unknown_is_told(it: Assembled) -> None:
    with pytest.raises(NotFound):
        await it.read_models.debtor("00000000000")
    with pytest.raises(NotFound):
        await it.read_models.conversation(UUID(int=9))
    with pytest.raises(NotFound):
        await it.read_models.agreement(UUID(int=9))
    with pytest.raises(NotFound):
        await it.read_models.agreement_record(UUID(int=9))
