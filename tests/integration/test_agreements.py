"""From the yes to the formal record, and back within the days of regret, on a real PostgreSQL."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from bot.domain.debts import DebtState
from tests.builders import a_debt
from tests.integration.assembled import Assembled, assembled


@pytest.fixture
async def it(database_url: str) -> AsyncIterator[Assembled]:
    async with assembled(database_url) as made:
        yield made


async def test_the_yes_makes_an_agreement_whose_installments_add_up(it: Assembled) -> None:
    it.knows()
    await it.agreed()

    agreement = it.rows("select * from agreements")[0]
    installments = it.rows("select * from agreement_installments order by number")
    assert [i["number"] for i in installments] == [1, 2, 3]
    assert sum(int(str(i["amount_centavos"])) for i in installments) == agreement["total_centavos"]
    offer = it.rows("select * from offers where id = %s", agreement["offer_id"])[0]
    assert (offer["total_centavos"], offer["policy_version"]) == (
        agreement["total_centavos"],
        agreement["policy_version"],
    )
    assert it.rows("select state from debts") == [{"state": "in_agreement"}]


async def test_the_record_holds_terms_identification_and_the_talk_up_to_the_yes(it: Assembled) -> None:
    """R57"""
    it.knows()
    conversation = await it.agreed()
    await it.hears("obrigada")
    agreement = it.rows("select * from agreements")[0]
    record: Any = agreement["record"]

    assert record["agreement"]["accepted_by"] == str(agreement["accepted_by"])
    assert record["agreement"]["total_centavos"] == agreement["total_centavos"]
    assert record["agreement"]["clause"].startswith("MP 2.200-2/2001"), "R56"
    assert record["identification"]["by"] == "phone+birth_date"
    assert record["identification"]["at"]
    assert record["offer"]["id"] == str(agreement["offer_id"])
    assert record["creditor"]["document"] == "11.222.333/0001-81", "R4"
    said = [m["text"] for m in record["transcript"] if m["author"] == "debtor"]
    assert said[-1] == "sim, aceito"
    assert all(m["provider_id"] for m in record["transcript"] if m["direction"] == "in")
    assert json.loads(json.dumps(record)) == record
    assert str(conversation) not in json.dumps(record["debts"])


@pytest.mark.parametrize("text", ["ok", "pode ser", "aceito?", "sim, mas..."])
async def test_a_loose_yes_makes_none(it: Assembled, text: str) -> None:
    """R58"""
    it.knows()
    conversation = await it.confirmed()
    await it.acts(conversation, "ask_discount", "à vista")
    answer = await it.acts(conversation, "affirm", text)

    assert answer.says[0].response == "utter_accept_clearly"
    assert it.rows("select count(*) as n from agreements") == [{"n": 0}]


async def test_an_offer_of_six_hours_ago_is_shown_anew_with_todays_figures(it: Assembled) -> None:
    """R58"""
    it.knows()
    conversation = await it.confirmed()
    await it.acts(conversation, "ask_discount", "à vista")
    it.clock.goes_on(timedelta(hours=6))
    answer = await it.acts(conversation, "affirm", "sim, aceito")

    assert answer.says[0].response == "utter_lead_expired"
    assert it.rows("select count(*) as n from agreements") == [{"n": 0}]
    assert (await it.acts(conversation, "affirm", "sim")).says[0].response == "utter_agreed"


async def test_a_question_between_the_terms_and_the_yes_shows_them_again(it: Assembled) -> None:
    """R58, also where the answer to the question opened a duty."""
    it.knows()
    conversation = await it.confirmed()
    for question in ("request_proof", "ask_due_date", "ask_time"):
        await it.acts(conversation, "ask_discount", "à vista")
        await it.acts(conversation, question)
        answer = await it.acts(conversation, "affirm", "sim, aceito")
        assert answer.says[0].response == "utter_lead_again", question

    assert it.rows("select count(*) as n from agreements") == [{"n": 0}]
    assert (await it.acts(conversation, "affirm", "sim")).says[0].response == "utter_agreed"


async def test_regret_frees_the_debts_for_another_agreement(it: Assembled) -> None:
    """R59"""
    it.knows()
    conversation = await it.agreed()
    it.clock.goes_on(timedelta(days=7))
    await it.acts(conversation, "cancel_agreement", "quero cancelar o acordo")
    answer = await it.acts(conversation, "affirm", "sim")

    assert answer.says[0].response == "utter_cancelled"
    row = it.rows("select cancelled_at, cancelled_reason from agreements")[0]
    assert (row["cancelled_at"], row["cancelled_reason"]) == (it.clock.now(), "regret")
    assert it.rows("select state from debts") == [{"state": "open"}]
    assert it.rows("select active from agreement_debts") == [{"active": False}]

    await it.acts(conversation, "ask_discount", "à vista")
    assert (await it.acts(conversation, "affirm", "aceito")).says[0].response == "utter_agreed"
    assert it.rows("select count(*) as n from agreements") == [{"n": 2}]


async def test_regret_does_not_reopen_a_debt_that_is_disputed(it: Assembled) -> None:
    """R44"""
    it.knows(a_debt(1), a_debt(2, state=DebtState.SETTLED))
    conversation = await it.agreed()
    await it.acts(conversation, "dispute_debt", "isso nem é meu")
    await it.acts(conversation, "cancel_agreement", "quero cancelar o acordo")
    await it.acts(conversation, "affirm", "sim")

    assert it.rows("select cancelled_reason from agreements") == [{"cancelled_reason": "regret"}]
    assert it.rows("select state from debts order by contract") == [{"state": "disputed"}, {"state": "settled"}]


async def test_after_seven_days_a_person_decides(it: Assembled) -> None:
    """R59"""
    it.knows()
    conversation = await it.agreed()
    it.clock.goes_on(timedelta(days=8))

    answer = await it.acts(conversation, "cancel_agreement", "quero cancelar o acordo")

    assert answer.says[0].response == "utter_cancel_to_a_person"
    assert it.rows("select cancelled_at from agreements") == [{"cancelled_at": None}]
