"""Paying and what was agreed: codes, boletos, receipts, the agreement, regret, a payment reported."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from pixcanvas import parse_pix

from bot.domain.agreements import Agreement
from bot.domain.cases import Answer, Cancelled, Case, DutyOpened, HandedOver, Lines, Say, Suspended
from bot.domain.conversations import Asked, Question
from bot.domain.debts import DebtState, StateReason
from bot.domain.money import Money
from bot.domain.offers import cash_offer
from bot.domain.topics import payment
from bot.domain.topics.common import offer_case
from tests.builders import NOW, TODAY, a_case, a_debt, a_policy, a_turn, an_agreement, an_installment

IN_FIVE_BUSINESS_DAYS = date(2026, 11, 30)


def agreed_case(agreement: Agreement | None = None, **changes: object) -> Case:
    """A case with an agreement on its only debt."""
    debts = (a_debt(state=DebtState.IN_AGREEMENT),)
    return a_case(debts=debts, agreements=(agreement or an_agreement(debts=debts),), **changes)


def said(answer: Answer) -> list[str]:
    return [say.response for say in answer.says]


def payloads(answer: Answer) -> list[str]:
    return [choice.payload for choice in answer.says[-1].choices]


def codes(say: Say, fact: str = "lines") -> list[str]:
    lines = say.facts[fact]
    assert isinstance(lines, Lines)
    return [line.code for line in lines.lines]


def duties(answer: Answer) -> list[DutyOpened]:
    return [e for e in answer.effects if isinstance(e, DutyOpened)]


class TestPix:
    @pytest.mark.parametrize(
        "topic", [payment.ask_pix, payment.ask_boleto, payment.ask_payment_methods, payment.ask_second_copy]
    )
    def test_names_payee_amount_and_day_before_the_code_which_comes_alone(self, topic: object) -> None:
        """R8"""
        # given
        case = agreed_case()

        # when
        answer = topic(case, a_turn())  # type: ignore[operator]

        # then
        intro, code = answer.says[-2:]
        assert intro.response == "utter_pix_intro_installment"
        assert intro.facts["payee"] == a_policy().creditor.legal_name
        assert intro.facts["document"] == a_policy().creditor.document
        assert (intro.facts["amount"], intro.facts["due"]) == (Money(300_00), TODAY)
        assert (code.response, list(code.facts), code.choices) == ("utter_pix_code", ["code"], ())
        parsed = parse_pix(str(code.facts["code"]))
        assert parsed.pix_key == a_policy().creditor.pix_key
        assert parsed.amount == Money(300_00).to_decimal()
        assert answer.effects == ()

    def test_is_for_the_oldest_open_installment_less_what_was_paid_of_it(self) -> None:
        agreement = an_agreement(100_00, 200_00, first_due=TODAY - timedelta(days=2))
        agreement = agreement.with_payment(1, Money(100_00), paid_on=TODAY).with_payment(2, Money(50_00), paid_on=TODAY)

        intro, code = payment.ask_pix(agreed_case(agreement), a_turn()).says

        assert (intro.facts["number"], intro.facts["amount"]) == (2, Money(150_00))
        assert parse_pix(str(code.facts["code"])).amount == Money(150_00).to_decimal()

    def test_is_the_same_whenever_it_is_asked_for(self) -> None:
        assert payment.ask_pix(agreed_case(), a_turn()) == payment.ask_second_copy(
            agreed_case(), a_turn(message_id=UUID(int=401))
        )

    def test_waits_for_a_way_to_pay_where_nothing_is_agreed(self) -> None:
        answer = payment.ask_pix(a_case(), a_turn())

        assert said(answer) == ["utter_pix_after_choice"]
        assert payloads(answer) == ["/ask_discount", "/ask_installments", "/request_human"]
        assert answer.asked is None

    def test_leaves_an_open_question_open_and_adds_no_choices(self) -> None:
        answer = payment.ask_pix(a_case(asked=Asked(Question.ACCEPT, {"offer": "x"})), a_turn())

        assert answer.asked is None
        assert answer.says[-1].choices == ()

    def test_is_not_offered_for_a_disputed_debt(self) -> None:
        """R44"""
        answer = payment.ask_pix(a_case(debts=(a_debt(state=DebtState.DISPUTED),)), a_turn())

        assert said(answer) == ["utter_debt_under_review"]

    def test_is_not_made_for_a_broken_or_cancelled_agreement(self) -> None:
        broken = an_agreement(first_due=TODAY - timedelta(days=6))
        cancelled = an_agreement(cancelled_at=NOW)

        for agreement in (broken, cancelled):
            answer = payment.ask_pix(a_case(agreements=(agreement,)), a_turn())
            assert said(answer) == ["utter_pix_after_choice"]

    def test_pays_the_creditor_of_the_agreement(self) -> None:
        other = a_policy(slug="outra", legal_name="Outra Loja SA", pix_key="+5511988887777")
        debts = (a_debt(creditor="outra", state=DebtState.IN_AGREEMENT),)
        case = a_case(debts=debts, agreements=(an_agreement(debts=debts),))
        case = replace(case, policies={**case.policies, "outra": other})

        intro, code = payment.ask_pix(case, a_turn()).says

        assert intro.facts["payee"] == "Outra Loja SA"
        assert parse_pix(str(code.facts["code"])).pix_key == "+5511988887777"

    def test_of_a_new_agreement_is_the_one_that_is_given_later_too(self) -> None:
        # given
        case = a_case()
        offer = cash_offer(offer_case(case, case.debts), rung=0, offer_id=UUID(int=5), now=NOW, today=TODAY)
        assert not hasattr(offer, "rule")

        # when
        says = payment.first_payment(case, offer, UUID(int=200))  # type: ignore[arg-type]

        # then
        later = an_agreement(offer.total.centavos, first_due=offer.first_due)  # type: ignore[union-attr]
        assert says == payment.ask_pix(agreed_case(later), a_turn()).says
        assert says[0].response == "utter_pix_intro"


class TestBoleto:
    def test_on_file_is_given_with_its_payee_while_it_can_be_paid(self) -> None:
        """R8"""
        upcoming = an_installment(2, days=-3, boleto_line="23793381286000000000300000000401184340000012345")
        case = a_case(debts=(a_debt(1, an_installment(), upcoming),))

        answer = payment.ask_boleto(case, a_turn())

        assert said(answer) == ["utter_boleto_intro", "utter_boleto_line"]
        assert answer.says[0].facts["payee"] == a_policy().creditor.legal_name
        assert answer.says[1].facts == {"line": upcoming.boleto_line}

    @pytest.mark.parametrize(
        "changes", [{"days": 1}, {"days": -3, "paid": Money(1)}, {"days": -3, "boleto_line": None}, {"days": 6 * 365}]
    )
    def test_that_can_not_be_paid_any_more_is_not_given(self, changes: dict[str, object]) -> None:
        installment = an_installment(2, **{"boleto_line": "1" * 47, **changes})  # type: ignore[arg-type]
        case = a_case(debts=(a_debt(1, an_installment(), installment),))

        assert "utter_boleto_line" not in said(payment.ask_boleto(case, a_turn()))
        assert "utter_boleto_line" not in said(payment.ask_second_copy(case, a_turn()))

    def test_is_replaced_by_pix_in_an_agreement(self) -> None:
        assert said(payment.ask_boleto(agreed_case(), a_turn()))[0] == "utter_boleto_by_pix"

    def test_none_leads_to_the_ways_to_pay(self) -> None:
        answer = payment.ask_boleto(a_case(), a_turn())

        assert said(answer) == ["utter_boleto_none"]
        assert payloads(answer)[0] == "/ask_discount"


class TestReceipt:
    def test_tells_what_the_bank_confirmed_and_has_a_person_send_the_paper(self) -> None:
        """R41, R59"""
        agreement = an_agreement().with_payment(1, Money(300_00), paid_on=TODAY)

        answer = payment.ask_receipt(agreed_case(agreement), a_turn())

        assert codes(answer.says[0]) == ["line_paid"]
        assert duties(answer) == [DutyOpened("human", IN_FIVE_BUSINESS_DAYS, {"what": "receipt", "discharge": []})]
        assert answer.says[1].facts["by"] == IN_FIVE_BUSINESS_DAYS

    def test_of_the_last_payment_is_a_discharge_too(self) -> None:
        """R59"""
        agreement = an_agreement(300_00).with_payment(1, Money(300_00), paid_on=TODAY)

        answer = payment.ask_receipt(agreed_case(agreement), a_turn())

        assert duties(answer)[0].detail["discharge"] == [str(agreement.id)]

    def test_of_the_contract_itself_is_told_where_nothing_was_agreed(self) -> None:
        paid = an_installment(1, days=60, paid_on=TODAY - timedelta(days=58), paid=Money(1_000_00))

        answer = payment.ask_receipt(a_case(debts=(a_debt(1, paid, an_installment(2)),)), a_turn())

        assert codes(answer.says[0]) == ["line_paid"]

    def test_asked_for_again_opens_no_second_duty(self) -> None:
        agreement = an_agreement().with_payment(1, Money(300_00), paid_on=TODAY)
        first = payment.ask_receipt(agreed_case(agreement), a_turn())

        again = payment.ask_receipt(agreed_case(agreement, memory=first.memory), a_turn())

        assert said(again) == ["utter_receipt", "utter_receipt_on_its_way"]
        assert again.effects == ()

    def test_without_any_payment_promises_nothing(self) -> None:
        answer = payment.ask_receipt(agreed_case(), a_turn())

        assert said(answer) == ["utter_receipt_nothing_paid"]
        assert answer.effects == ()


class TestAgreement:
    def test_is_told_with_creditor_total_and_every_payment(self) -> None:
        """R4, R38"""
        # given
        agreement = an_agreement(100_00, 100_00, 100_00, 100_00, first_due=TODAY - timedelta(days=33))
        agreement = agreement.with_payment(1, Money(100_00), paid_on=TODAY).with_payment(3, Money(1), paid_on=TODAY)

        # when
        answer = payment.ask_agreement(agreed_case(agreement), a_turn())

        # then
        told, following = answer.says
        creditor = a_policy().creditor
        assert told.facts["payee"] == creditor.legal_name
        assert told.facts["document"] == creditor.document
        assert str(told.facts["address"]).startswith(creditor.address)
        assert told.facts["total"] == Money(400_00)
        assert codes(told) == [
            "line_installment_paid",
            "line_installment_passed",
            "line_installment_partly",
            "line_installment_open",
        ]
        assert following.response == "utter_agreement_next_passed"
        assert payloads(answer) == ["/ask_pix", "/request_human"]

    def test_none_is_said_kindly_with_the_ways_to_one(self) -> None:
        answer = payment.ask_agreement(a_case(), a_turn())

        assert said(answer) == ["utter_agreement_none"]
        assert payloads(answer) == ["/ask_discount", "/ask_installments", "/request_human"]

    def test_paid_off_or_broken_is_said_as_it_is(self) -> None:
        paid_off = an_agreement(100_00).with_payment(1, Money(100_00), paid_on=TODAY)
        broken = an_agreement(first_due=TODAY - timedelta(days=6))

        assert said(payment.ask_agreement(agreed_case(paid_off), a_turn())) == ["utter_agreement_paid_off"]
        assert said(payment.ask_agreement(agreed_case(broken), a_turn())) == ["utter_agreement_broken"]


class TestRegret:
    def test_is_asked_about_before_anything_is_undone(self) -> None:
        """R59"""
        answer = payment.cancel_agreement(agreed_case(), a_turn())

        assert answer.asked == Asked(Question.CANCEL, {"agreement": str(UUID(int=200))})
        assert payloads(answer)[:2] == ["/affirm", "/deny"]
        assert answer.effects == ()

    def test_cancels_free_of_charge_once_it_is_confirmed(self) -> None:
        """R59"""
        asked = payment.cancel_agreement(agreed_case(), a_turn()).asked

        answer = payment.confirm_cancel(agreed_case(asked=asked), a_turn())

        assert answer.effects == (Cancelled(UUID(int=200), "regret"),)
        assert answer.asked == Asked(Question.NOTHING)

    def test_credits_what_was_paid_by_a_person_and_offers_no_amount_before(self) -> None:
        """R59"""
        agreement = an_agreement().with_payment(1, Money(300_00), paid_on=TODAY)
        asked = Asked(Question.CANCEL, {"agreement": str(agreement.id)})

        answer = payment.confirm_cancel(agreed_case(agreement, asked=asked), a_turn())

        assert answer.effects[0] == Cancelled(agreement.id, "regret")
        assert duties(answer)[0].detail["paid_centavos"] == 300_00
        assert payloads(answer) == ["/request_human"]

    @pytest.mark.parametrize(("days", "cancels"), [(7, True), (8, False)])
    def test_has_seven_days_and_then_a_person(self, days: int, cancels: bool) -> None:
        """R59"""
        agreement = an_agreement(accepted_at=NOW - timedelta(days=days), first_due=TODAY + timedelta(days=5))
        asked = Asked(Question.CANCEL, {"agreement": str(agreement.id)})

        question = payment.cancel_agreement(agreed_case(agreement), a_turn())
        answer = payment.confirm_cancel(agreed_case(agreement, asked=asked), a_turn())

        assert (question.asked == asked) is cancels
        assert any(isinstance(e, Cancelled) for e in answer.effects) is cancels
        assert any(isinstance(e, HandedOver) for e in answer.effects) is not cancels

    @pytest.mark.parametrize("facts", [{}, {"agreement": str(UUID(int=9))}])
    def test_of_an_agreement_that_is_not_there_undoes_nothing(self, facts: dict[str, object]) -> None:
        answer = payment.confirm_cancel(agreed_case(asked=Asked(Question.CANCEL, facts)), a_turn())

        assert said(answer) == ["utter_cancelled_already"]
        assert answer.effects == ()

    def test_without_an_agreement_says_that_there_is_none(self) -> None:
        assert said(payment.cancel_agreement(a_case(), a_turn())) == ["utter_agreement_none"]


class TestReportedPayment:
    def test_pauses_collection_for_five_business_days_and_marks_nothing_as_paid(self) -> None:
        """R41"""
        turn = a_turn("report_payment", text="paguei 100 ontem", entities={"amount": "100.00"})

        answer = payment.report_payment(a_case(asked=Asked(Question.ACCEPT)), turn)

        until = IN_FIVE_BUSINESS_DAYS
        assert answer.effects == (
            Suspended((a_debt().id,), StateReason.PAYMENT_CLAIMED, until),
            DutyOpened("receipt_check", until, {"file": False, "debts": [str(a_debt().id)], "amount": "100.00"}),
        )
        assert said(answer) == ["utter_payment_told_pause"]
        assert answer.asked == Asked(Question.NOTHING)

    def test_skips_weekends_and_holidays(self) -> None:
        """R41: 24 and 25 December 2026 and the days around New Year."""
        now = datetime(2026, 12, 23, 15, 0, tzinfo=UTC)

        answer = payment.report_payment(a_case(now=now), a_turn())

        assert duties(answer)[0].due_on == date(2026, 12, 31)

    @pytest.mark.parametrize("kind", ["image", "document"])
    def test_by_a_file_is_thanked_for_and_checked_by_a_person(self, kind: str) -> None:
        """R67"""
        answer = payment.report_payment(a_case(), a_turn("report_payment", kind=kind, button=True))

        assert said(answer) == ["utter_payment_file_pause"]
        assert duties(answer)[0].detail["file"] is True

    def test_again_or_with_the_file_opens_nothing_twice(self) -> None:
        memory = payment.report_payment(a_case(), a_turn()).memory

        words = payment.report_payment(a_case(memory=memory), a_turn())
        file = payment.report_payment(a_case(memory=memory), a_turn(kind="image"))
        later = payment.report_payment(a_case(memory=memory, now=NOW + timedelta(days=8)), a_turn())

        assert (said(words), words.effects) == (["utter_payment_known"], ())
        assert (said(file), file.effects) == (["utter_payment_file_again"], ())
        assert duties(later)

    def test_does_not_break_an_agreement(self) -> None:
        """R41: the debts of an agreement stay in it; a person looks."""
        answer = payment.report_payment(agreed_case(), a_turn())

        assert said(answer) == ["utter_payment_told_agreement"]
        assert [type(e) for e in answer.effects] == [DutyOpened]

    @pytest.mark.parametrize(
        ("state", "reason", "until", "paused"),
        [
            (DebtState.OPEN, None, None, True),
            (DebtState.SUSPENDED, StateReason.HARDSHIP, TODAY - timedelta(days=1), True),
            (DebtState.SUSPENDED, StateReason.HARDSHIP, TODAY + timedelta(days=20), False),
            (DebtState.SUSPENDED, StateReason.DEATH, None, False),
            (DebtState.SUSPENDED, StateReason.CRISIS, None, False),
            (DebtState.DISPUTED, None, None, False),
            (DebtState.PRESCRIBED, None, None, False),
            (DebtState.SETTLED, None, None, False),
        ],
    )
    def test_never_shortens_or_lifts_a_stronger_stop(
        self, state: DebtState, reason: StateReason | None, until: date | None, paused: bool
    ) -> None:
        """R14, R15, R44, R45"""
        debt = a_debt(state=state, state_reason=reason, state_until=until)

        answer = payment.report_payment(a_case(debts=(debt,)), a_turn())

        assert any(isinstance(e, Suspended) for e in answer.effects) is paused
        assert [d.kind for d in duties(answer)] == ["receipt_check"]
