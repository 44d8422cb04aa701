"""What an action of the dialogue does, on a real PostgreSQL: all of it or nothing, once per message."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest

from bot.domain.cases import Turn
from bot.domain.debts import DebtState
from bot.domain.errors import NotFound
from bot.domain.messages import ConversationState, InboundKind
from bot.domain.money import Money
from tests.builders import a_debt, an_installment
from tests.integration.assembled import PHONE, Assembled, assembled


@pytest.fixture
async def it(database_url: str) -> AsyncIterator[Assembled]:
    async with assembled(database_url) as made:
        yield made


async def test_a_message_answered_again_gets_the_same_words_and_facts_of_the_same_types(it: Assembled) -> None:
    it.knows()
    conversation = await it.confirmed()
    await it.hears("em 3x")
    turn = Turn((await it.last_heard(conversation)).id, "ask_installments", entities={"installments": 3})

    first = await it.answer_turn(conversation, turn, action="action_propose_terms")
    again = await it.answer_turn(conversation, turn, action="action_propose_terms")

    assert [s.response for s in first.says] == ["utter_lead_accepted", "utter_terms_plan", "utter_terms_accept"]
    assert again.says == first.says
    assert again.asked == first.asked
    facts = again.says[1].facts
    assert isinstance(facts["total"], Money)
    assert isinstance(facts["due"], date)
    assert it.rows("select count(*) as n from turns") == [{"n": 3}]
    assert it.rows("select count(*) as n from offers") == [{"n": 3}], "two ways, then the plan asked for"


async def test_two_runs_at_once_act_once(it: Assembled) -> None:
    it.knows()
    conversation = await it.confirmed()
    await it.acts(conversation, "ask_discount", "à vista")
    await it.hears("sim")
    turn = Turn((await it.last_heard(conversation)).id, "affirm", "sim")

    answers = await asyncio.gather(*(it.answer_turn(conversation, turn, action="") for _ in range(5)))

    assert all(answer.says == answers[0].says for answer in answers)
    assert answers[0].says[0].response == "utter_agreed"
    assert it.rows("select count(*) as n from agreements") == [{"n": 1}]


async def test_an_answer_that_cannot_be_stored_leaves_nothing_behind(it: Assembled) -> None:
    it.knows()
    conversation = await it.confirmed()
    turn = Turn(UUID(int=99), "ask_discount")  # no such message: the answer can't be kept under it

    with pytest.raises(Exception, match="turns_message_id"):
        await it.answer_turn(conversation, turn, action="")

    assert it.rows("select count(*) as n from offers") == [{"n": 2}]
    assert it.rows("select asked ->> 'what' as asked from conversations") == [{"asked": "way"}]


async def test_an_unknown_conversation_is_told(it: Assembled) -> None:
    with pytest.raises(NotFound):
        await it.answer_turn(UUID(int=5), Turn(UUID(int=6), "greet"), action="")


async def test_who_is_confirmed_hears_at_once_what_they_came_for(it: Assembled) -> None:
    """R10"""
    it.knows()
    conversation = await it.hears()
    asked = await it.acts(conversation, "ask_discount", "tem desconto?")
    assert [s.response for s in asked.says] == ["utter_greet", "utter_ask_birth_date"]

    told = await it.acts(conversation, "inform_identity", "3/4/85", birth_date="1985-04-03")

    assert told.says[0].response == "utter_confirmed"
    assert told.says[-1].response == "utter_terms_accept"
    row = it.rows("select identified_by, identified_at, debtor_id from conversations")[0]
    assert (row["identified_by"], row["debtor_id"]) == ("phone+birth_date", UUID(int=1))
    assert row["identified_at"] == it.clock.now()
    assert it.rows("select succeeded from identity_attempts") == [{"succeeded": True}]


async def test_two_people_behind_one_phone_are_told_apart_and_each_hears_of_their_own(it: Assembled) -> None:
    """R10"""
    it.knows(a_debt(1))
    it.knows(a_debt(2, product="Sofá"), debtor=UUID(int=2), document="11144477735", born=date(1990, 1, 2))
    conversation = await it.hears()
    await it.acts(conversation, "greet")

    told = await it.acts(conversation, "inform_identity", "2/1/90", birth_date="1990-01-02")

    assert told.says[1].facts["product"] == "Sofá"
    assert it.rows("select distinct debtor_id from offers") == [{"debtor_id": UUID(int=2)}]
    assert it.rows("select debtor_id from conversations") == [{"debtor_id": UUID(int=2)}]


async def test_three_wrong_proofs_lead_to_a_person(it: Assembled) -> None:
    """R10"""
    it.knows()
    conversation = await it.hears()
    await it.acts(conversation, "greet")
    for day in ("01", "02", "03"):
        await it.acts(conversation, "inform_identity", "x", birth_date=f"1980-01-{day}")

    assert it.rows("select state, waiting_reason from conversations") == [
        {"state": "waiting", "waiting_reason": "identity_failed"}
    ]
    assert it.rows("select count(*) as n from identity_attempts where not succeeded") == [{"n": 3}]
    assert it.rows("select kind from duties") == [{"kind": "human"}]


async def test_an_opt_out_closes_and_a_later_word_opens_another_conversation(it: Assembled) -> None:
    """R21"""
    it.knows()
    conversation = await it.confirmed()

    await it.acts(conversation, "opt_out", "para de me mandar mensagem")

    assert it.rows("select state, closed_reason from conversations") == [
        {"state": "closed", "closed_reason": "opt_out"}
    ]
    assert it.rows("select state from contacts") == [{"state": "opted_out"}]
    assert await it.hears("oi de novo") != conversation


async def test_a_closed_conversation_stays_closed_whatever_came_with_the_stop(it: Assembled) -> None:
    """R21: a threat sent right after it is answered and handed to a person, and nothing opens again."""
    it.knows()
    conversation = await it.confirmed()
    await it.hears("vou no procon")
    late = (await it.last_heard(conversation)).id
    await it.acts(conversation, "opt_out", "SAIR")
    another = await it.hears("oi")

    answer = await it.answer_turn(conversation, Turn(late, "threaten_legal", "vou no procon"), action="")

    assert answer.says[0].response == "utter_legal"
    async with it.transactions() as work:
        assert (await work.conversations.get(conversation)).state is ConversationState.CLOSED
        assert (await work.conversations.get(another)).state is ConversationState.BOT
    assert it.rows("select kind from duties") == [{"kind": "human"}]


async def test_a_wrong_person_frees_the_phone_of_every_debtor(it: Assembled) -> None:
    """R12"""
    it.knows(a_debt(1))
    it.knows(a_debt(2), debtor=UUID(int=2), document="11144477735")
    conversation = await it.hears()
    await it.acts(conversation, "wrong_person", "não sou essa pessoa")

    assert it.rows("select state from contacts") == [{"state": "wrong_person"}] * 2
    later = await it.hears("oi")
    async with it.transactions() as work:
        assert (await work.cases.load(later, now=it.clock.now())).candidates == ()


async def test_a_dispute_stops_every_open_debt_and_opens_a_duty(it: Assembled) -> None:
    """R44"""
    it.knows(a_debt(1), a_debt(2, state=DebtState.SETTLED))
    conversation = await it.confirmed()
    await it.acts(conversation, "dispute_debt", "nunca comprei nada aí")

    assert it.rows("select state from debts order by contract") == [{"state": "disputed"}, {"state": "settled"}]
    duty = it.rows("select kind, due_on, state from duties where kind = 'dispute'")[0]
    assert duty["due_on"] == date(2026, 11, 30)
    assert it.rows("select state from conversations") == [{"state": "waiting"}]


async def test_told_hardship_pauses_for_thirty_days_and_keeps_nothing_of_its_reason(it: Assembled) -> None:
    """R45, R46"""
    it.knows()
    conversation = await it.confirmed()
    await it.acts(conversation, "report_hardship", "estou internada com câncer")

    row = it.rows("select state, state_reason, state_until from debts")[0]
    assert (row["state"], row["state_reason"], row["state_until"]) == ("suspended", "hardship", date(2026, 12, 23))
    memory = it.rows("select memory::text as memory from conversations")[0]["memory"]
    assert "hardship" in str(memory)
    assert "câncer" not in str(memory)


async def test_the_phone_of_a_terminal_or_whatsapp_is_the_address(it: Assembled) -> None:
    it.knows()
    conversation = await it.hears(kind=InboundKind.TEXT)
    async with it.transactions() as work:
        case = await work.cases.load(conversation, now=it.clock.now())

    assert case.conversation.phone == PHONE
    assert [p.id for p in case.candidates] == [UUID(int=1)]
    assert not case.identified


async def test_the_day_is_the_debtors_own(it: Assembled) -> None:
    it.knows(a_debt(1, an_installment(days=30)))
    it.rows("update debtors set state = 'AC' returning id")
    conversation = await it.hears()
    async with it.transactions() as work:
        case = await work.cases.load(conversation, now=it.clock.now().replace(hour=3))

    assert case.today == date(2026, 11, 22)
    assert case.local.utcoffset() != replace(case, local=case.now).local.utcoffset()
