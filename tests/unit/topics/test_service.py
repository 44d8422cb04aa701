"""Service and rights: a person, complaints, anger, wishes about contact, personal data, a rating."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest

from bot.domain.cases import Answer, Case, DutyOpened, HandedOver, Turn
from bot.domain.conversations import Asked, Question
from bot.domain.topics import service
from tests.builders import a_case, a_policy, a_turn

type Handler = Callable[[Case, Turn], Answer]

SUNDAY = datetime(2026, 11, 22, 15, 0, tzinfo=UTC)


def said(answer: Answer) -> list[str]:
    return [say.response for say in answer.says]


def reasons(answer: Answer) -> list[str]:
    return [e.reason for e in answer.effects if isinstance(e, HandedOver)]


def duties(answer: Answer) -> list[DutyOpened]:
    return [e for e in answer.effects if isinstance(e, DutyOpened)]


class TestAPerson:
    @pytest.mark.parametrize("identified", [True, False])
    def test_comes_on_the_first_request(self, identified: bool) -> None:
        """R69"""
        answer = service.request_human(a_case(identified=identified), a_turn("request_human"))

        assert reasons(answer) == ["requested"]
        assert answer.asked == Asked(Question.NOTHING)

    def test_on_a_sunday_it_is_told_when_somebody_answers(self) -> None:
        """R69"""
        answer = service.request_human(a_case(now=SUNDAY), a_turn("request_human"))

        when = answer.says[-1].facts["when"]
        assert isinstance(when, datetime)
        assert (when.date(), when.hour) == (date(2026, 11, 23), 9)

    def test_takes_over_when_a_lawyer_or_procon_is_named(self) -> None:
        """R69"""
        answer = service.threaten_legal(a_case(identified=False), a_turn("threaten_legal"))

        assert said(answer) == ["utter_legal"]
        assert reasons(answer) == ["legal"]


class TestProtocol:
    @pytest.mark.parametrize("topic", [service.request_human, service.threaten_legal, service.complain])
    def test_is_given_where_the_creditor_is_federally_regulated(self, topic: Handler) -> None:
        """R68: a number that is the same when the message is answered again, and an answer in 7 days."""
        case = a_case(policies={"exemplo": a_policy(federally_regulated=True)})

        answer, again = topic(case, a_turn("x")), topic(case, a_turn("x"))

        number = answer.says[0].facts["protocol"]
        assert said(answer)[0] == "utter_protocol"
        assert str(number).startswith("20261123")
        assert answer == again
        assert [(d.due_on, d.detail["protocol"]) for d in duties(answer) if "protocol" in d.detail] == [
            (date(2026, 11, 30), number)
        ]

    def test_is_not_made_up_for_others(self) -> None:
        assert said(service.complain(a_case(), a_turn("complain"))) == ["utter_complaint"]


class TestAnger:
    def test_gets_no_counter_but_a_person_or_a_stop(self) -> None:
        """R1"""
        answer = service.insult(a_case(asked=Asked(Question.IDENTITY)), a_turn("insult"))

        assert [c.payload for c in answer.says[0].choices] == ["/request_human", "/opt_out"]
        assert answer.effects == ()
        assert answer.asked == Asked(Question.NOTHING)

    def test_goes_to_a_person_the_second_time(self) -> None:
        first = service.insult(a_case(), a_turn("insult"))

        again = service.insult(a_case(memory=first.memory), a_turn("insult"))

        assert reasons(again) == ["insult"]

    def test_about_the_service_is_met_with_an_apology(self) -> None:
        answer = service.complain(a_case(identified=False), a_turn("complain"))

        assert answer.says[-1].choices[0].payload == "/request_human"


class TestWishesAboutContact:
    def test_are_kept_in_their_own_words(self) -> None:
        """R20"""
        answer = service.contact_preference(a_case(), a_turn("contact_preference", text=" só depois das 18h "))

        assert answer.memory == {"preference": "só depois das 18h"}
        assert answer.asked is None

    def test_picked_from_a_list_are_asked_for(self) -> None:
        answer = service.contact_preference(a_case(), a_turn("contact_preference", text="Como falar", button=True))

        assert said(answer) == ["utter_ask_preference"]
        assert answer.memory == {}

    def test_a_new_phone_is_checked_by_a_person_and_not_repeated(self) -> None:
        """R48"""
        turn = a_turn("update_contact", entities={"phone": ["+5511977776666"], "email": "maria@exemplo.com.br"})

        answer = service.update_contact(a_case(), turn)

        assert duties(answer) == [
            DutyOpened(
                "human",
                date(2026, 11, 24),
                {"reason": "update_contact", "phone": "+5511977776666", "email": "maria@exemplo.com.br"},
            )
        ]
        assert answer.says[0].facts == {}

    def test_a_new_contact_picked_from_a_list_is_asked_for(self) -> None:
        answer = service.update_contact(a_case(), a_turn("update_contact", button=True))

        assert said(answer) == ["utter_ask_new_contact"]
        assert answer.effects == ()


class TestDataRights:
    @pytest.mark.parametrize("identified", [True, False])
    def test_are_answered_at_once_and_in_full_within_15_days(self, identified: bool) -> None:
        """R49"""
        answer = service.lgpd_request(a_case(identified=identified), a_turn("lgpd_request"))

        detail = {"confirmed": identified, "right": "access"}
        assert duties(answer) == [DutyOpened("data_request", date(2026, 12, 8), detail)]
        assert reasons(answer) == []
        assert answer.says[0].facts == {"answer_by": date(2026, 12, 8)}

    def test_of_somebody_not_confirmed_wait_for_a_person_to_confirm_them(self) -> None:
        """R10"""
        answer = service.lgpd_request(a_case(identified=False), a_turn("lgpd_request"))

        assert all(name.endswith("_unconfirmed") for name in said(answer))


class TestRating:
    @pytest.mark.parametrize(
        ("score", "response"),
        [(10, "utter_rating_high"), (7, "utter_rating_high"), (6, "utter_rating_low"), (0, "utter_rating_low")],
    )
    def test_is_thanked_for_and_kept(self, score: int, response: str) -> None:
        answer = service.give_rating(
            a_case(asked=Asked(Question.RATING)), a_turn("give_rating", entities={"rating": score})
        )

        assert said(answer) == [response]
        assert answer.memory == {"rating": score}
        assert answer.asked == Asked(Question.NOTHING)

    def test_within_a_talk_leaves_the_open_question(self) -> None:
        answer = service.give_rating(a_case(asked=Asked(Question.ACCEPT)), a_turn("give_rating", text="amei"))

        assert said(answer) == ["utter_rating_praise"]
        assert answer.asked is None

    def test_picked_from_a_list_is_asked_for(self) -> None:
        answer = service.give_rating(a_case(), a_turn("give_rating", button=True))

        assert answer.asked == Asked(Question.RATING)


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("quero que apaguem meus dados", "deletion"),
        ("não autorizo o uso do meu número", "opposition"),
        ("meu nome está errado aí", "correction"),
        ("como conseguiram meu telefone?", "access"),
    ],
)
def test_the_right_that_is_used_is_noted(text: str, right: str) -> None:
    """R49, R55: an erasure or an objection also stops further contact."""
    assert service.right_in(text) == right
