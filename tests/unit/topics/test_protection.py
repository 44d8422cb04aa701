"""What protects people: who is not meant, death, crisis, a stop, a dispute, hard times."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from bot.domain.cases import Answer, Case, Closed, Disputed, DutyOpened, HandedOver, Suspended, Turn
from bot.domain.conversations import Asked, Question
from bot.domain.debts import DebtState, StateReason
from bot.domain.topics import protection
from tests.builders import TODAY, a_case, a_debt, a_turn

type Handler = Callable[[Case, Turn], Answer]

IN_30_DAYS = date(2026, 12, 23)
IN_5_BUSINESS_DAYS = date(2026, 11, 30)


def said(answer: Answer) -> list[str]:
    return [say.response for say in answer.says]


def only[E](answer: Answer, kind: type[E]) -> E:
    found = [e for e in answer.effects if isinstance(e, kind)]
    assert len(found) == 1, answer.effects
    return found[0]


def none_of(answer: Answer, *kinds: type) -> bool:
    return not any(isinstance(e, kinds) for e in answer.effects)


class TestWrongPerson:
    def test_closes_at_once_and_marks_the_address_as_not_the_debtors(self) -> None:
        """R12"""
        # given
        case = a_case(identified=False, asked=Asked(Question.IDENTITY))

        # when
        answer = protection.wrong_person(case, a_turn("wrong_person"))

        # then
        assert answer.effects == (Closed("wrong_person", contact_state="wrong_person"),)
        assert answer.asked == Asked(Question.NOTHING)
        assert len(answer.says) == 1


class TestThirdParty:
    def test_hears_nothing_and_is_asked_nothing(self) -> None:
        """R10, R13: the open question of who is there is dropped, too."""
        answer = protection.third_party(a_case(identified=False, asked=Asked(Question.IDENTITY)), a_turn("third_party"))

        assert said(answer) == ["utter_third_party"]
        assert answer.says[0].facts == {}
        assert answer.asked == Asked(Question.NOTHING)
        assert answer.effects == ()

    def test_hears_a_polite_end_the_second_time(self) -> None:
        first = protection.third_party(a_case(identified=False), a_turn("third_party"))

        again = protection.third_party(a_case(identified=False, memory=first.memory), a_turn("third_party"))

        assert said(again) == ["utter_third_party_again"]

    def test_goes_to_a_person_where_the_debtor_seemed_to_be_confirmed(self) -> None:
        """R10"""
        answer = protection.third_party(a_case(), a_turn("third_party"))

        assert only(answer, HandedOver).reason == "third_party"


class TestDeath:
    def test_stops_all_debts_of_every_creditor_until_a_person_decides(self) -> None:
        """R15"""
        # given
        debts = (
            a_debt(1),
            a_debt(2, creditor="outro", state=DebtState.IN_AGREEMENT),
            a_debt(3, state=DebtState.SETTLED),
            a_debt(4, state=DebtState.SUSPENDED, state_reason=StateReason.HARDSHIP, state_until=TODAY),
        )

        # when
        answer = protection.report_death(a_case(debts=debts), a_turn("report_death"))

        # then
        assert only(answer, Suspended) == Suspended((debts[0].id, debts[1].id, debts[3].id), StateReason.DEATH, None)
        assert only(answer, HandedOver).reason == "death"
        assert only(answer, DutyOpened).kind == "human"

    def test_says_the_same_to_whoever_reports_it(self) -> None:
        """R10: the words don't tell whether there is anything on file."""
        known = protection.report_death(a_case(), a_turn("report_death"))
        unconfirmed = protection.report_death(a_case(identified=False), a_turn("report_death"))
        unknown = protection.report_death(a_case(identified=False, debtor=None, debts=()), a_turn("report_death"))

        assert known.says == unconfirmed.says == unknown.says
        assert none_of(unknown, Suspended)
        assert only(unknown, HandedOver).reason == "death"

    def test_is_not_undone_by_a_crisis_told_later(self) -> None:
        debts = (a_debt(state=DebtState.SUSPENDED, state_reason=StateReason.DEATH),)

        assert none_of(protection.report_crisis(a_case(debts=debts), a_turn("report_crisis")), Suspended)


class TestCrisis:
    @pytest.mark.parametrize("identified", [True, False])
    def test_stops_collection_and_calls_a_person_today(self, identified: bool) -> None:
        """R14"""
        case = a_case(identified=identified)

        answer = protection.report_crisis(case, a_turn("report_crisis"))

        assert only(answer, Suspended) == Suspended((case.debts[0].id,), StateReason.CRISIS, None)
        assert only(answer, HandedOver).reason == "crisis"
        assert only(answer, DutyOpened) == DutyOpened("human", TODAY, {"reason": "crisis"})
        assert said(answer)[0] == "utter_crisis"

    def test_at_night_tells_when_a_person_answers(self) -> None:
        """R69"""
        night = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)  # 01:00 in São Paulo

        answer = protection.report_crisis(a_case(now=night), a_turn("report_crisis"))

        when = answer.says[-1].facts["when"]
        assert isinstance(when, datetime)
        assert (when.date(), when.hour) == (date(2026, 11, 24), 9)


class TestOptOut:
    @pytest.mark.parametrize("identified", [True, False])
    def test_is_confirmed_once_without_an_argument(self, identified: bool) -> None:
        """R21"""
        answer = protection.opt_out(a_case(identified=identified, asked=Asked(Question.ACCEPT)), a_turn("opt_out"))

        assert said(answer) == ["utter_opt_out"]
        assert answer.says[0].choices == ()
        assert answer.effects == (Closed("opt_out", contact_state="opted_out"),)


class TestDispute:
    @pytest.mark.parametrize(
        ("topic", "kind"), [(protection.dispute_debt, "debt"), (protection.dispute_amount, "amount")]
    )
    def test_stops_collection_and_tells_the_day_of_the_answer(self, topic: Handler, kind: str) -> None:
        """R44, R69"""
        case = a_case()

        answer = topic(case, a_turn())

        assert only(answer, Disputed) == Disputed((case.debts[0].id,))
        duty = only(answer, DutyOpened)
        assert (duty.kind, duty.due_on, duty.detail["kind"]) == ("dispute", IN_5_BUSINESS_DAYS, kind)
        assert only(answer, HandedOver).reason == "dispute"
        assert said(answer) == [f"utter_dispute_{kind}"]
        assert answer.says[0].facts == {"answer_by": IN_5_BUSINESS_DAYS}
        assert answer.says[0].choices == ()
        assert answer.asked == Asked(Question.NOTHING)

    def test_concerns_the_chosen_debt_only(self) -> None:
        debts = (a_debt(1), a_debt(2))
        case = a_case(debts=debts, memory={"debts": [str(debts[1].id)]})

        assert only(protection.dispute_debt(case, a_turn()), Disputed).debt_ids == (debts[1].id,)

    def test_leaves_debts_of_other_creditors_alone(self) -> None:
        debts = (a_debt(1), a_debt(2, creditor="outro"))
        conversation = replace(a_case().conversation, creditor="exemplo")

        answer = protection.dispute_debt(a_case(debts=debts, conversation=conversation), a_turn())

        assert only(answer, Disputed).debt_ids == (debts[0].id,)

    def test_stops_an_agreement_on_what_was_never_owed(self) -> None:
        debts = (a_debt(state=DebtState.IN_AGREEMENT),)

        assert only(protection.dispute_debt(a_case(debts=debts), a_turn()), Disputed).debt_ids == (debts[0].id,)

    def test_is_not_opened_again_while_a_person_has_it(self) -> None:
        """R44: the assistant does not reopen it."""
        case = a_case(debts=(a_debt(state=DebtState.DISPUTED),))

        answer = protection.dispute_debt(case, a_turn())

        assert said(answer) == ["utter_dispute_known"]
        assert only(answer, DutyOpened).kind == "human"
        assert none_of(answer, Disputed)

    def test_of_a_settled_debt_is_for_a_person_and_changes_no_state(self) -> None:
        answer = protection.dispute_debt(a_case(debts=(a_debt(state=DebtState.SETTLED),)), a_turn())

        assert none_of(answer, Disputed)
        assert only(answer, DutyOpened).kind == "dispute"


class TestHardship:
    def test_gives_breath_first_and_then_lighter_terms_or_a_person(self) -> None:
        """R45, R43"""
        case = a_case(asked=Asked(Question.ACCEPT, {"offer": "x"}))

        answer = protection.report_hardship(case, a_turn("report_hardship", text="perdi o emprego"))

        assert said(answer) == ["utter_hardship", "utter_hardship_pause"]
        assert only(answer, Suspended) == Suspended((case.debts[0].id,), StateReason.HARDSHIP, IN_30_DAYS)
        assert answer.says[-1].facts == {"until": IN_30_DAYS}
        payloads = [c.payload for c in answer.says[-1].choices]
        assert payloads == ["/ask_installments", "/ask_time", "/request_human"]
        assert answer.asked is not None
        assert answer.asked.what is Question.OPTIONS

    def test_remembers_nothing_of_the_reason(self) -> None:
        """R46"""
        answer = protection.report_hardship(a_case(), a_turn("report_hardship", text="estou com câncer"))

        assert answer.memory == {"hardship": True}
        assert "câncer" not in str(answer)

    def test_told_again_keeps_the_pause_as_it_is(self) -> None:
        until = date(2026, 12, 10)
        debts = (a_debt(state=DebtState.SUSPENDED, state_reason=StateReason.HARDSHIP, state_until=until),)

        answer = protection.report_hardship(a_case(debts=debts, memory={"hardship": True}), a_turn())

        assert said(answer) == ["utter_hardship_pause"]
        assert answer.says[0].facts == {"until": until}
        assert answer.effects == ()

    def test_pauses_anew_what_is_due_again(self) -> None:
        debts = (a_debt(state=DebtState.SUSPENDED, state_reason=StateReason.HARDSHIP, state_until=date(2026, 11, 1)),)

        answer = protection.report_hardship(a_case(debts=debts), a_turn())

        assert only(answer, Suspended).until == IN_30_DAYS

    def test_never_weakens_what_a_person_has_to_solve(self) -> None:
        """R14: a crisis stays a crisis."""
        debts = (a_debt(1), a_debt(2, state=DebtState.SUSPENDED, state_reason=StateReason.CRISIS))

        answer = protection.report_hardship(a_case(debts=debts), a_turn())

        assert only(answer, Suspended).debt_ids == (debts[0].id,)

    @pytest.mark.parametrize("topic", [protection.report_hardship, protection.cannot_pay])
    def test_within_an_agreement_a_person_eases_it(self, topic: Handler) -> None:
        answer = topic(a_case(debts=(a_debt(state=DebtState.IN_AGREEMENT),)), a_turn())

        assert said(answer) == ["utter_hard_with_agreement"]
        assert none_of(answer, Suspended)
        only(answer, HandedOver)

    @pytest.mark.parametrize("topic", [protection.report_hardship, protection.cannot_pay])
    @pytest.mark.parametrize("state", [DebtState.SETTLED, DebtState.DISPUTED, DebtState.PRESCRIBED])
    def test_with_nothing_to_pay_says_so_and_asks_nothing(self, topic: Handler, state: DebtState) -> None:
        answer = topic(a_case(debts=(a_debt(state=state),)), a_turn())

        assert said(answer) == ["utter_hard_nothing_due"]
        assert answer.effects == ()


class TestCannotPay:
    def test_asks_what_would_fit_and_offers_to_come_back(self) -> None:
        """R43: no deadline, no consequence."""
        answer = protection.cannot_pay(a_case(), a_turn("cannot_pay"))

        assert said(answer) == ["utter_cannot_pay", "utter_ask_monthly_amount"]
        assert [c.payload for c in answer.says[-1].choices] == ["/ask_time", "/request_human"]
        assert answer.asked == Asked(Question.AMOUNT)
        assert answer.effects == ()

    def test_is_hardship_where_that_was_told(self) -> None:
        answer = protection.cannot_pay(a_case(memory={"hardship": True}), a_turn("cannot_pay"))

        assert said(answer) == ["utter_hardship_pause"]
        assert answer.asked is not None
        assert answer.asked.what is Question.OPTIONS
