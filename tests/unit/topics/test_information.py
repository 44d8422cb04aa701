"""Courtesy, who is writing and how to check it, and asking back where a message was not understood."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.domain.cases import Answer, Case, HandedOver, Lines
from bot.domain.conversations import Asked, Question
from bot.domain.policy import Mode
from bot.domain.topics import information
from bot.domain.topics.common import TO_A_PERSON
from tests.builders import a_case, a_policy, a_turn


def said(answer: Answer) -> list[str]:
    return [say.response for say in answer.says]


def payloads(answer: Answer) -> list[str]:
    return [c.payload for c in answer.says[-1].choices]


def of_nobody() -> Case:
    """A chat of which nothing is known, with several creditors on file."""
    conversation = replace(a_case(identified=False).conversation, debtor_id=None, creditor=None)
    policies = {"exemplo": a_policy(), "outro": a_policy(slug="outro", name="Outra Loja")}
    return a_case(conversation=conversation, candidates=(), debtor=None, debts=(), policies=policies)


class TestCourtesy:
    def test_a_goodbye_leaves_nothing_open(self) -> None:
        answer = information.goodbye(a_case(asked=Asked(Question.ACCEPT)), a_turn("goodbye"))

        assert answer.asked == Asked(Question.NOTHING)

    @pytest.mark.parametrize("topic", [information.thank, information.chitchat, information.out_of_scope])
    def test_small_talk_leaves_the_open_question_as_it_is(self, topic: object) -> None:
        assert callable(topic)
        answer = topic(a_case(asked=Asked(Question.WAY)), a_turn("x"))

        assert answer.asked is None
        assert answer.says[-1].choices == ()

    @pytest.mark.parametrize("identified", [True, False])
    def test_at_most_three_things_are_told_that_can_be_done_here(self, identified: bool) -> None:
        answer = information.ask_capabilities(a_case(identified=identified), a_turn("ask_capabilities"))

        able = answer.says[0].facts["able"]
        assert isinstance(able, Lines)
        assert len(able.lines) == 3

    def test_it_says_that_it_is_a_program(self) -> None:
        """R7"""
        answer = information.bot_challenge(a_case(identified=False), a_turn("bot_challenge"))

        assert said(answer) == ["utter_bot"]
        assert answer.says[0].choices == (TO_A_PERSON,)


class TestWhoWrites:
    def test_name_cnpj_and_address_of_the_creditor(self) -> None:
        """R4, R11"""
        answer = information.ask_creditor(a_case(identified=False), a_turn("ask_creditor"))

        assert said(answer) == ["utter_who_writes"]
        assert answer.says[0].facts == {
            "creditor": "Lojas Exemplo",
            "legal_name": "Lojas Exemplo Comércio de Móveis Ltda.",
            "document": "11.222.333/0001-81",
            "address": "Rua do Exemplo, 100, Centro, 01001-000, São Paulo/SP",
        }

    def test_an_agency_says_that_it_speaks_for_another(self) -> None:
        """R60"""
        case = a_case(policies={"exemplo": a_policy(mode=Mode.THIRD_PARTY)})

        assert said(information.ask_creditor(case, a_turn("ask_creditor"))) == ["utter_who_writes_for_another"]

    def test_names_nobody_while_nobody_is_meant(self) -> None:
        assert said(information.ask_creditor(of_nobody(), a_turn("ask_creditor"))) == ["utter_who_writes_unknown"]


class TestDoubtOfBeingGenuine:
    def test_is_answered_by_how_to_check_outside_and_nobody_is_hurried(self) -> None:
        """R8"""
        case = a_case(identified=False, asked=Asked(Question.IDENTITY))

        answer = information.suspect_scam(case, a_turn("suspect_scam"))

        assert answer.says[0].facts == {
            "creditor": "Lojas Exemplo",
            "phone": "0800 000 0000",
            "site": "https://www.lojasexemplo.example",
        }
        assert said(answer)[-1] == "utter_never_asked_unconfirmed"
        assert answer.asked == Asked(Question.NOTHING)

    def test_the_confirmed_are_told_who_the_payee_always_is(self) -> None:
        """R8"""
        answer = information.suspect_scam(a_case(), a_turn("suspect_scam"))

        assert said(answer) == ["utter_scam_check", "utter_never_asked"]
        assert answer.says[-1].facts == {"creditor": "Lojas Exemplo"}

    def test_without_a_creditor_points_to_what_they_know_already(self) -> None:
        answer = information.suspect_scam(of_nobody(), a_turn("suspect_scam"))

        assert said(answer)[0] == "utter_scam_check_unknown"


class TestUnsure:
    def test_offers_the_three_likeliest_readings(self) -> None:
        turn = a_turn(
            "nlu_fallback", ranking=("ask_charges", "chitchat", "ask_debt", "ask_charges", "ask_pix", "opt_out")
        )

        answer = information.unsure(a_case(asked=Asked(Question.ACCEPT)), turn)

        offered = ["/ask_charges", "/ask_debt", "/ask_pix"]
        assert payloads(answer) == offered
        assert answer.asked == Asked(Question.OPTIONS, {"options": offered, "count": 3})
        assert answer.memory == {"unsure": 1}

    def test_names_nothing_of_the_matter_before_the_right_party_is_confirmed(self) -> None:
        """R10"""
        turn = a_turn("nlu_fallback", ranking=("ask_debt", "negotiate", "suspect_scam", "report_payment"))

        answer = information.unsure(a_case(identified=False), turn)

        assert payloads(answer) == ["/suspect_scam"]

    @pytest.mark.parametrize(
        ("identified", "usual"), [(True, ["/ask_debt", "/negotiate"]), (False, ["/inform_identity", "/ask_creditor"])]
    )
    def test_offers_the_usual_where_no_reading_may_be_named(self, identified: bool, usual: list[str]) -> None:
        answer = information.unsure(a_case(identified=identified), a_turn("nlu_fallback", ranking=("chitchat",)))

        assert payloads(answer) == usual

    @pytest.mark.parametrize("identified", [True, False])
    def test_offers_a_person_the_second_time(self, identified: bool) -> None:
        """R69"""
        turn = a_turn("nlu_fallback", ranking=("ask_creditor", "suspect_scam", "complain", "opt_out"))

        answer = information.unsure(a_case(identified=identified, memory={"unsure": 1}), turn)

        assert said(answer) == ["utter_unsure_again"]
        assert payloads(answer) == ["/ask_creditor", "/suspect_scam", "/request_human"]
        assert answer.memory == {"unsure": 2}

    def test_asks_for_the_proof_once_more_where_that_was_asked(self) -> None:
        case = a_case(identified=False, asked=Asked(Question.IDENTITY, {"proof": "birth_date"}))

        answer = information.unsure(case, a_turn("nlu_fallback", ranking=("ask_creditor",)))

        assert said(answer) == ["utter_not_understood"]
        assert answer.asked is None

    @pytest.mark.parametrize("identified", [True, False])
    def test_never_offers_more_than_three(self, identified: bool) -> None:
        ranking = information.THE_CONFIRMED_MAY_MEAN + information.ANYBODY_MAY_MEAN

        answer = information.unsure(a_case(identified=identified), a_turn("nlu_fallback", ranking=ranking))

        assert len(payloads(answer)) == 3


class TestThePickedReading:
    ASKED = Asked(Question.OPTIONS, {"options": ["/bot_challenge", "/ask_debt"], "count": 2})

    def test_is_answered_as_if_it_had_been_said(self) -> None:
        answer = information.chosen_reading(a_case(asked=self.ASKED), a_turn("choose_option", text="a primeira"), 1)

        assert said(answer) == ["utter_bot"]
        assert answer.asked == Asked(Question.NOTHING)
        assert answer.memory == {"unsure": 0}

    def test_waits_for_the_right_party_where_it_must(self) -> None:
        """R10"""
        answer = information.chosen_reading(a_case(identified=False, asked=self.ASKED), a_turn("choose_option"), 2)

        assert answer.asked is not None
        assert answer.asked.what is Question.IDENTITY

    @pytest.mark.parametrize("number", [None, 0, 3])
    def test_that_is_none_of_them_is_asked_back(self, number: int | None) -> None:
        answer = information.chosen_reading(a_case(asked=self.ASKED), a_turn("choose_option"), number)

        assert said(answer) == ["utter_unsure"]


class TestADoubtfulProtectiveReading:
    def test_is_asked_with_yes_or_no(self) -> None:
        """R21"""
        answer = information.confirm_doubt(a_case(identified=False), a_turn("chitchat", doubt="opt_out"))

        assert said(answer) == ["utter_doubt_opt_out"]
        assert payloads(answer) == ["/opt_out", "/deny"]
        assert answer.asked == Asked(Question.CONFIRM, {"intent": "opt_out"})
        assert answer.effects == ()

    @pytest.mark.parametrize("doubt", ["dispute_debt", "report_payment"])
    def test_gives_nothing_away_before_the_right_party_is_confirmed(self, doubt: str) -> None:
        """R10"""
        hidden = information.confirm_doubt(a_case(identified=False), a_turn("x", doubt=doubt))
        open_ = information.confirm_doubt(a_case(), a_turn("x", doubt=doubt))

        assert said(hidden) == [f"utter_doubt_{doubt}_unconfirmed"]
        assert said(open_) == [f"utter_doubt_{doubt}"]

    def test_of_a_crisis_is_not_asked_but_met_with_kindness(self) -> None:
        """R14"""
        answer = information.confirm_doubt(a_case(), a_turn("x", doubt="report_crisis"))

        assert said(answer)[0] == "utter_crisis"
        assert any(e.reason == "crisis" for e in answer.effects if isinstance(e, HandedOver))

    def test_that_needs_no_protection_is_asked_back_like_any_other(self) -> None:
        answer = information.confirm_doubt(a_case(), a_turn("x", doubt=None, ranking=("ask_pix",)))

        assert payloads(answer) == ["/ask_pix"]


class TestASecondMeaning:
    def test_is_named_and_one_pick_away(self) -> None:
        answer = information.offer_second_meaning(a_turn("thank", also="ask_pix"))

        assert payloads(answer) == ["/ask_pix"]
        assert answer.asked == Asked(Question.OPTIONS, {"options": ["/ask_pix"], "count": 1})

    def test_that_is_mere_courtesy_is_not_named(self) -> None:
        assert information.offer_second_meaning(a_turn("ask_pix", also="thank")) == Answer(())
