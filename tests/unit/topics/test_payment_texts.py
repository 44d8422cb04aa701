"""The texts of payment and debt_facts: all there, none unused, filled by the facts they get, and fit to leave."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import yaml

from bot.domain.cases import Case, Say
from bot.domain.conversations import Asked, Message, Question
from bot.domain.debts import DebtState
from bot.domain.door import Sayable, may_leave
from bot.domain.messages import Author, Direction, InboundKind, Option, Status
from bot.domain.money import Money
from bot.domain.offers import Offer, plan_offer
from bot.domain.policy import AgreementTerms, Charges, Consequences
from bot.domain.topics import debt_facts, payment
from bot.domain.topics.common import offer_case
from bot.domain.topics.registry import TOPICS
from bot.locale import amounts_in, say, written
from tests.builders import NOW, TODAY, a_case, a_debt, a_policy, a_turn, an_agreement, an_installment

LONGEST_TITLE = 20  # characters on a button of WhatsApp
LONGEST_TEXT = 1_600  # characters of a message on Twilio's WhatsApp
OURS = (
    *(payment.ask_pix, payment.ask_boleto, payment.ask_payment_methods, payment.ask_second_copy, payment.ask_receipt),
    *(payment.ask_agreement, payment.cancel_agreement, payment.confirm_cancel, payment.report_payment),
    *(debt_facts.ask_debt_origin, debt_facts.ask_charges, debt_facts.ask_due_date, debt_facts.request_proof),
    *(debt_facts.ask_negative_listing, debt_facts.ask_consequences, debt_facts.ask_prescription),
)
TURNS = (a_turn(), a_turn(kind="image"))
RESPONSES: dict[str, list[dict[str, Any]]] = {}
for _name in ("payment", "debt_facts"):
    _path = Path(__file__).parents[3] / "data" / "responses" / f"{_name}.yml"
    _file = yaml.safe_load(_path.read_text(encoding="utf-8"))
    assert not RESPONSES.keys() & _file["responses"].keys()
    RESPONSES |= _file["responses"]


def situations() -> Iterator[Case]:
    """A case for every text there is."""
    usual = a_case()
    policy = a_policy()
    boleto = an_installment(2, days=-3, boleto_line="23793381286000000000300000000401184340000012345")
    paid = an_installment(1, days=60, paid_on=TODAY, paid=Money(1_000_00))
    yield usual
    later = {"proof_by": "2026-11-30", "receipt_by": "2026-11-30", "payment_check_by": "2026-11-30"}
    yield a_case(memory=later, debts=(a_debt(1, paid, an_installment(2)),))
    yield a_case(memory={"hardship": True})
    yield a_case(debts=(a_debt(1, an_installment(), boleto),))
    yield a_case(debts=(a_debt(1, an_installment(paid=Money(1))),))
    yield a_case(debts=(a_debt(1, an_installment(), an_installment(2, days=0)),))
    yield a_case(debts=tuple(a_debt(n, *(an_installment(i, days=30 * i) for i in range(1, 13))) for n in (1, 2)))
    yield a_case(debts=(a_debt(description="", product=""), a_debt(2)))
    for state in DebtState:
        yield a_case(debts=(a_debt(state=state),))
    for days in (-10, 0, 1_780, 1_900):
        yield a_case(debts=(a_debt(1, an_installment(days=days)),))
    for changes in (
        {"consequences": Consequences(listing=True)},
        {"charges": Charges()},
        {"charges": Charges(monthly_interest=Decimal("0.01"))},
        {"charges": Charges(fine=Decimal("0.02"), fee=Decimal("0.1"), fee_in_contract=True)},
    ):
        yield a_case(policies={"exemplo": replace(policy, **changes)})
    yield from agreed_situations(usual)


def agreed_situations(usual: Case) -> Iterator[Case]:
    offer = plan_offer(offer_case(usual, usual.debts), rung=0, offer_id=UUID(int=201), now=NOW, today=TODAY)
    assert isinstance(offer, Offer)
    yield a_case(offers=(offer,), asked=Asked(Question.ACCEPT, {"offer": str(offer.id)}))
    started = TODAY - timedelta(days=33)
    one_paid = an_agreement(*[100_00] * 4, first_due=started).with_payment(1, Money(100_00), paid_on=TODAY)
    for agreement in (
        an_agreement(first_due=TODAY + timedelta(days=3)),
        an_agreement(*[100_00] * 24),
        an_agreement(300_00),
        an_agreement(300_00).with_payment(1, Money(1), paid_on=TODAY),
        an_agreement(300_00).with_payment(1, Money(300_00), paid_on=TODAY),
        an_agreement(300_00, first_due=TODAY - timedelta(days=1)),
        an_agreement(first_due=TODAY - timedelta(days=6)),
        an_agreement(accepted_at=NOW - timedelta(days=20)),
        an_agreement(cancelled_at=NOW),
        one_paid,
        one_paid.with_payment(3, Money(1), paid_on=TODAY),
        an_agreement().with_payment(1, Money(300_00), paid_on=TODAY - timedelta(days=20)),
    ):
        asked = Asked(Question.CANCEL, {"agreement": str(agreement.id)})
        yield a_case(debts=(a_debt(state=DebtState.IN_AGREEMENT),), agreements=(agreement,), offers=(offer,))
        yield a_case(debts=(a_debt(state=DebtState.IN_AGREEMENT),), agreements=(agreement,), asked=asked)
    strict = {"exemplo": replace(a_policy(), agreement=AgreementTerms(grace_days=0))}
    yield a_case(agreements=(an_agreement(),), policies=strict)
    yield a_case(agreements=(an_agreement(debts=(a_debt(creditor="unknown"),)),), debts=())


def all_says() -> Iterator[Say]:
    for case in situations():
        for topic in OURS:
            for turn in TURNS:
                yield from topic(case, turn).says
    nobody = a_case(policies={})
    yield from payment.pix_for(nobody, an_agreement(), an_agreement().installments[0])


SAID = [one for one in all_says() if one.response in RESPONSES]


def texts_of(one: Say) -> list[str]:
    facts = {name: written(value) for name, value in one.facts.items()}
    return [variation["text"].format(**facts) for variation in RESPONSES[one.response]]


def as_message(text: str, one: Say) -> Message:
    return Message(
        id=UUID(int=1),
        conversation_id=UUID(int=2),
        seq=1,
        direction=Direction.OUT,
        author=Author.ASSISTANT,
        kind=InboundKind.TEXT,
        text=text,
        at=NOW,
        status=Status.PENDING,
        options=tuple(Option(say(c.code, **c.facts), c.payload) for c in one.choices),
        source={"response": one.response, "facts": {"amounts": amounts_in(one.facts)}},
    )


def test_every_text_is_said_somewhere() -> None:
    assert RESPONSES.keys() == {one.response for one in SAID}


def test_every_text_may_leave_with_the_facts_it_gets() -> None:
    """R1, R2, R3, R8, R40, R48: amounts are facts, no whole CPF, no word that presses or threatens."""
    for one in SAID:
        for text in texts_of(one):
            assert may_leave(as_message(text, one), Sayable(identified=True, amounts=frozenset())) is None, text
            assert "{" not in text
            assert len(text) <= LONGEST_TEXT, text


def test_choices_stand_at_the_end_and_fit_on_buttons() -> None:
    for case in situations():
        for topic in OURS:
            *before, last = topic(case, a_turn()).says
            assert all(not one.choices for one in before)
            assert len(last.choices) <= 3
            for choice in last.choices:
                assert len(say(choice.code, **choice.facts)) <= LONGEST_TITLE
                assert choice.payload[1:].split("{")[0] in TOPICS


def test_texts_call_nobody_by_gender() -> None:
    for variations in RESPONSES.values():
        for variation in variations:
            assert not any(word in variation["text"].lower() for word in ("senhor", "bem-vind", "devedor", "inadimpl"))


@pytest.mark.parametrize("topic", OURS)
def test_no_name_of_a_profile_leaves(topic: Any) -> None:
    """R50"""
    for case in situations():
        for one in topic(case, a_turn()).says:
            facts = " ".join(written(value) for value in one.facts.values())
            assert not any(name in facts for name in ("occasional", "negligent", "chronic", "defaulter"))
