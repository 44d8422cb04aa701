"""Questions about a debt: the answers come from the file, and say no more than it does."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

import pytest

from bot.domain.agreements import Agreement
from bot.domain.cases import Answer, Case, DutyOpened, HandedOver, Line, Lines, Say
from bot.domain.conversations import Asked, Question
from bot.domain.debts import DebtState, StateReason
from bot.domain.money import Money, total
from bot.domain.offers import Offer, plan_offer
from bot.domain.policy import AgreementTerms, Charges, Consequences, Policy
from bot.domain.topics import debt_facts
from bot.domain.topics.common import offer_case
from tests.builders import NOW, TODAY, a_case, a_debt, a_policy, a_turn, an_agreement, an_installment

YEARS_5 = 1826  # days, with the one leap day before 23 November 2026


def said(answer: Answer) -> list[str]:
    return [say.response for say in answer.says]


def payloads(answer: Answer) -> list[str]:
    return [choice.payload for choice in answer.says[-1].choices]


def lines(say: Say) -> tuple[Line, ...]:
    found = say.facts["lines"]
    assert isinstance(found, Lines)
    return found.lines


def amount(line: Line, fact: str = "amount") -> Money:
    value = line.facts[fact]
    assert isinstance(value, Money)
    return value


def with_policy(**sections: object) -> dict[str, Policy]:
    return {"exemplo": replace(a_policy(), **sections)}  # type: ignore[arg-type]


def agreed_case(agreement: Agreement | None = None, **changes: object) -> Case:
    debts = (a_debt(state=DebtState.IN_AGREEMENT),)
    return a_case(debts=debts, agreements=(agreement or an_agreement(),), **changes)  # type: ignore[arg-type]


def a_plan(case: Case) -> Offer:
    found = plan_offer(offer_case(case, case.debts), rung=0, offer_id=UUID(int=201), now=NOW, today=TODAY)
    assert isinstance(found, Offer)
    return found


class TestOrigin:
    def test_gives_product_contract_original_amount_and_first_due_day(self) -> None:
        """R5"""
        debt = a_debt(1, an_installment(1, days=60, paid=Money(400_00)), an_installment(2, days=30))

        answer = debt_facts.ask_debt_origin(a_case(debts=(debt,)), a_turn())

        (line,) = lines(answer.says[0])
        assert line.code == "line_origin_partly"
        assert line.facts == {
            "product": "Carnê (sofá de três lugares)",
            "contract": "C-1",
            "original": Money(2_000_00),
            "first_due": TODAY - timedelta(days=60),
            "open": Money(1_600_00),
        }
        assert payloads(answer) == ["/request_proof", "/dispute_debt", "/request_human"]

    def test_keeps_to_the_debts_chosen_and_to_this_creditor(self) -> None:
        debts = (
            a_debt(1),
            a_debt(2),
            a_debt(3, an_installment(days=5), creditor="outra"),
            a_debt(4, state=DebtState.SETTLED),
        )
        case = a_case(debts=debts)
        chosen = a_case(debts=debts, memory={"debts": [str(debts[1].id)]})

        everything = lines(debt_facts.ask_debt_origin(case, a_turn()).says[0])
        one = lines(debt_facts.ask_debt_origin(chosen, a_turn()).says[0])

        assert [line.facts["contract"] for line in everything] == ["C-1", "C-2"]
        assert [line.facts["contract"] for line in one] == ["C-2"]

    def test_leaves_an_open_question_alone(self) -> None:
        answer = debt_facts.ask_debt_origin(a_case(asked=Asked(Question.WAY)), a_turn())

        assert answer.asked is None
        assert payloads(answer) == []

    @pytest.mark.parametrize(
        "topic",
        [
            debt_facts.ask_debt_origin,
            debt_facts.ask_charges,
            debt_facts.ask_due_date,
            debt_facts.ask_consequences,
            debt_facts.request_proof,
        ],
    )
    def test_of_nothing_is_that_nothing_is_on_file(self, topic: object) -> None:
        case = a_case(debts=(a_debt(state=DebtState.SETTLED),))

        assert said(topic(case, a_turn())) == ["utter_nothing_on_file"]  # type: ignore[operator]


class TestProof:
    def test_gives_the_origin_at_once_and_the_papers_by_a_person_within_five_business_days(self) -> None:
        answer = debt_facts.request_proof(a_case(), a_turn())

        assert said(answer) == ["utter_debt_origin", "utter_proof"]
        by = date(2026, 11, 30)
        assert answer.says[1].facts == {"by": by}
        assert answer.effects == (DutyOpened("human", by, {"what": "proof", "debts": [str(a_debt().id)]}),)

    def test_asked_for_again_keeps_the_day_and_opens_nothing(self) -> None:
        memory = debt_facts.request_proof(a_case(), a_turn()).memory

        answer = debt_facts.request_proof(a_case(memory=memory), a_turn())

        assert said(answer) == ["utter_proof_on_its_way"]
        assert answer.effects == ()


class TestCharges:
    def test_are_named_one_by_one_and_add_up(self) -> None:
        """R5"""
        (say,) = debt_facts.ask_charges(a_case(), a_turn()).says

        principal, fine, interest, whole = lines(say)
        assert (principal.code, amount(principal)) == ("line_charge_principal", Money(1_000_00))
        assert (fine.code, amount(fine), fine.facts["rate"]) == ("line_charge_fine", Money(20_00), Decimal("0.02"))
        assert (interest.code, amount(interest), interest.facts["days"]) == (
            "line_charge_interest_days",
            Money(10_00),
            30,
        )
        assert (whole.code, amount(whole)) == ("line_charge_total", Money(1_030_00))

    @pytest.mark.parametrize(("count", "told"), [(2, 2), (12, 12), (13, 0)])
    def test_of_several_installments_are_told_each_while_they_fit_a_message(self, count: int, told: int) -> None:
        """R5"""
        installments = [an_installment(n, days=30 * n, centavos=333_33) for n in range(1, count + 1)]

        (say,) = debt_facts.ask_charges(a_case(debts=(a_debt(1, *installments),)), a_turn()).says

        each = [line for line in lines(say) if line.code.startswith("line_charge_installment")]
        *kinds, whole = [line for line in lines(say) if line not in each]
        assert len(each) == told
        assert total([amount(line) for line in kinds]) == amount(whole)
        if each:
            assert total([amount(i, "principal") + amount(i, "added") for i in each]) == amount(whole)

    def test_that_nobody_added_are_not_made_up(self) -> None:
        for installment in (an_installment(days=0), an_installment(days=-5)):
            answer = debt_facts.ask_charges(a_case(debts=(a_debt(1, installment),)), a_turn())
            assert said(answer) == ["utter_charges_none"]

    def test_of_an_agreement_are_its_own_interest(self) -> None:
        """R38"""
        offer = a_plan(a_case())

        answer = debt_facts.ask_charges(agreed_case(offers=(offer,)), a_turn())

        assert said(answer) == ["utter_charges_agreement_interest"]
        assert answer.says[0].facts["interest"] == offer.financed_cost
        assert said(debt_facts.ask_charges(agreed_case(), a_turn())) == ["utter_charges_agreement"]

    def test_of_the_terms_in_question_are_told_too(self) -> None:
        """R38"""
        offer = a_plan(a_case())
        case = a_case(offers=(offer,), asked=Asked(Question.ACCEPT, {"offer": str(offer.id)}))

        answer = debt_facts.ask_charges(case, a_turn())

        assert said(answer) == ["utter_charges", "utter_charges_offer"]
        assert answer.says[1].facts["interest"] == offer.financed_cost
        assert answer.asked is None

    def test_of_a_disputed_debt_wait_for_the_person_who_checks(self) -> None:
        """R44"""
        answer = debt_facts.ask_charges(a_case(debts=(a_debt(state=DebtState.DISPUTED),)), a_turn())

        assert said(answer) == ["utter_charges_under_review"]

    def test_of_an_old_debt_are_not_told(self) -> None:
        """R31"""
        case = a_case(debts=(a_debt(1, an_installment(days=YEARS_5)),))

        assert said(debt_facts.ask_charges(case, a_turn())) == ["utter_prescription"]


class TestDueDate:
    def test_of_the_agreement_is_the_next_one(self) -> None:
        agreement = an_agreement(first_due=TODAY + timedelta(days=2))

        answer = debt_facts.ask_due_date(agreed_case(agreement), a_turn())

        assert said(answer) == ["utter_next_due"]
        assert answer.says[0].facts["due"] == TODAY + timedelta(days=2)
        late = an_agreement(first_due=TODAY - timedelta(days=1))
        assert said(debt_facts.ask_due_date(agreed_case(late), a_turn())) == ["utter_next_due_passed"]

    def test_of_a_debt_is_told_for_each_open_installment(self) -> None:
        debt = a_debt(1, an_installment(1, days=1), an_installment(2, days=0), an_installment(3, days=-30))

        (say,) = debt_facts.ask_due_date(a_case(debts=(debt,)), a_turn()).says

        assert [line.code for line in lines(say)] == ["line_due_passed", "line_due", "line_due"]

    def test_of_a_long_contract_is_told_by_its_ends(self) -> None:
        installments = [an_installment(n, days=30 * n) for n in range(1, 25)]

        (say,) = debt_facts.ask_due_date(a_case(debts=(a_debt(1, *installments),)), a_turn()).says

        (line,) = lines(say)
        assert line.facts["count"] == 24
        assert (line.facts["first"], line.facts["last"]) == (installments[-1].due_on, installments[0].due_on)

    def test_of_another_debt_stands_beside_the_agreement(self) -> None:
        case = agreed_case()
        answer = debt_facts.ask_due_date(replace(case, debts=(*case.debts, a_debt(2))), a_turn())

        assert said(answer) == ["utter_next_due", "utter_due_dates"]
        assert [line.facts["contract"] for line in lines(answer.says[1])] == ["C-2"]


class TestListing:
    def test_is_never_guessed(self) -> None:
        """R29"""
        planned = with_policy(consequences=Consequences(listing=True))

        assert said(debt_facts.ask_negative_listing(a_case(), a_turn()))[0] == "utter_listing_none_here"
        assert said(debt_facts.ask_negative_listing(a_case(policies=planned), a_turn()))[0] == "utter_listing_unknown"

    def test_is_lifted_five_business_days_after_payment_and_no_sooner(self) -> None:
        """R28"""
        answer = debt_facts.ask_negative_listing(a_case(), a_turn())

        assert said(answer)[1] == "utter_listing_removal"
        assert answer.says[1].facts["days"] == 5

    @pytest.mark.parametrize(
        ("paid_on", "response"),
        [(TODAY, "utter_listing_removal_due"), (TODAY - timedelta(days=20), "utter_listing_removal_past")],
    )
    def test_after_the_first_payment_has_its_day(self, paid_on: date, response: str) -> None:
        """R28"""
        agreement = an_agreement().with_payment(1, Money(300_00), paid_on=paid_on)

        assert said(debt_facts.ask_negative_listing(agreed_case(agreement), a_turn()))[1] == response


class TestConsequences:
    @pytest.mark.parametrize(
        ("charges", "response"),
        [
            (Charges(fine=Decimal("0.02"), monthly_interest=Decimal("0.01")), "utter_consequences_fine_and_interest"),
            (Charges(monthly_interest=Decimal("0.01")), "utter_consequences_interest"),
            (Charges(fine=Decimal("0.02")), "utter_consequences_open"),
        ],
    )
    def test_are_what_the_contract_adds_and_nothing_else(self, charges: Charges, response: str) -> None:
        """R3"""
        answer = debt_facts.ask_consequences(a_case(policies=with_policy(charges=charges)), a_turn())

        assert said(answer) == [response, "utter_consequences_nothing_else"]

    @pytest.mark.parametrize("flag", ["listing", "protest", "lawsuit"])
    def test_that_a_policy_plans_are_not_named_without_an_entry_for_this_debt(self, flag: str) -> None:
        """R3: and it is not said either that nothing is planned."""
        policies = with_policy(consequences=Consequences(**{flag: True}))

        answer = debt_facts.ask_consequences(a_case(policies=policies), a_turn())

        assert said(answer)[1] == "utter_consequences_person_knows"

    @pytest.mark.parametrize(
        "case",
        [
            a_case(memory={"hardship": True}),
            a_case(debts=(a_debt(state=DebtState.SUSPENDED, state_reason=StateReason.HARDSHIP),)),
        ],
    )
    def test_are_not_told_to_somebody_in_hardship(self, case: Case) -> None:
        """R43"""
        answer = debt_facts.ask_consequences(case, a_turn())

        assert said(answer) == ["utter_consequences_gently"]
        assert payloads(answer) == ["/request_human"]

    def test_of_an_agreement_are_its_days_of_grace(self) -> None:
        answer = debt_facts.ask_consequences(agreed_case(), a_turn())

        assert said(answer) == ["utter_consequences_agreement"]
        assert answer.says[0].facts == {"days": 5}
        strict = agreed_case(policies=with_policy(agreement=AgreementTerms(grace_days=0)))
        assert said(debt_facts.ask_consequences(strict, a_turn())) == ["utter_consequences_agreement_strict"]

    def test_of_a_disputed_debt_are_none_while_it_is_checked(self) -> None:
        """R44"""
        answer = debt_facts.ask_consequences(a_case(debts=(a_debt(state=DebtState.DISPUTED),)), a_turn())

        assert said(answer) == ["utter_charges_under_review"]


class TestPrescription:
    @pytest.mark.parametrize(
        ("days", "code"),
        [
            (-1, "line_age_not_due"),
            (1, "line_age_running"),
            (YEARS_5 - 90, "line_age_running"),
            (YEARS_5, "line_age_over"),
        ],
    )
    def test_is_told_by_the_days_on_file(self, days: int, code: str) -> None:
        """R30, R31"""
        answer = debt_facts.ask_prescription(a_case(debts=(a_debt(1, an_installment(days=days)),)), a_turn())

        assert [line.code for line in lines(answer.says[0])] == [code]
        assert answer.effects == ()

    @pytest.mark.parametrize("days", [YEARS_5 - 89, YEARS_5 - 30, YEARS_5 - 1])
    def test_near_the_limit_is_for_a_person(self, days: int) -> None:
        """R33"""
        answer = debt_facts.ask_prescription(a_case(debts=(a_debt(1, an_installment(days=days)),)), a_turn())

        assert said(answer) == ["utter_prescription_to_a_person"]
        assert HandedOver("prescription") in answer.effects

    def test_never_fishes_for_a_payment(self) -> None:
        """R33"""
        for days in (1, YEARS_5, YEARS_5 - 60):
            answer = debt_facts.ask_prescription(a_case(debts=(a_debt(1, an_installment(days=days)),)), a_turn())
            assert set(payloads(answer)) <= {"/request_human"}
            assert answer.asked in (None, Asked())

    def test_on_file_is_believed_whatever_the_days_say(self) -> None:
        """R31"""
        answer = debt_facts.ask_prescription(a_case(debts=(a_debt(state=DebtState.PRESCRIBED),)), a_turn())

        assert [line.code for line in lines(answer.says[0])] == ["line_age_over_on_file"]

    def test_of_an_agreement_follows_its_own_days(self) -> None:
        assert said(debt_facts.ask_prescription(agreed_case(), a_turn())) == ["utter_prescription_agreement"]
