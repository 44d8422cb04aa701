"""Whether somebody may be written to: every boundary, and what an answer promises about later."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.contact_rules import Allowed, Blocked, ContactFacts, ContactState, Matter, Way, may_contact
from bot.domain.contact_terms import ContactTerms, contact_terms
from bot.domain.contact_terms import Proof as OnFile
from bot.domain.debts import Debt, DebtState, StateReason
from bot.domain.places import place_of
from bot.domain.wishes import Wish, wish_from
from tests.unit.domain.makers import TODAY, a_debt, overdue

SP = ZoneInfo("America/Sao_Paulo")
OPT_IN = {"text": "Aceito", "source": "contrato", "on": date(2020, 1, 1)}
TERMS = contact_terms({"opt_in": OPT_IN})
WIDE = contact_terms(
    {"opt_in": OPT_IN, "states": {"SP": {"weekdays": ["08:00", "20:00"], "saturdays": ["08:00", "14:00"]}}}
)


def local(day: str, hour: str, zone: str = "America/Sao_Paulo") -> datetime:
    return datetime.combine(date.fromisoformat(day), time.fromisoformat(hour), tzinfo=ZoneInfo(zone))


NOON = local("2026-11-23", "12:00")  # a Monday


def a_matter(debt: Debt | None = None, terms: ContactTerms = TERMS, **changes: Any) -> Matter:
    return replace(Matter(debt or a_debt(), terms), **changes)


def facts(uf: str | None = "SP", phone: str | None = None, **changes: Any) -> ContactFacts:
    """A debtor of São Paulo with one open debt, on WhatsApp, a template at hand, never written to."""
    known = ContactFacts(Way.WHATSAPP, "+5511988887777", place_of(uf, phone), (a_matter(),), template=True)
    return replace(known, **changes)


def blocked(found: ContactFacts, at: datetime) -> Blocked:
    verdict = may_contact(found, at=at)
    assert isinstance(verdict, Blocked), verdict
    return verdict


def allowed(found: ContactFacts, at: datetime) -> bool:
    return isinstance(may_contact(found, at=at), Allowed)


def suspended(reason: StateReason, until: date | None = None) -> tuple[Matter, ...]:
    return (a_matter(a_debt(state=DebtState.SUSPENDED, reason=reason, until=until)),)


class TestWindow:
    @pytest.mark.parametrize(
        ("hour", "expected"),
        [("00:00", False), ("08:59", False), ("09:00", True), ("17:59", True), ("18:00", False), ("23:59", False)],
    )
    def test_r16_by_default_monday_to_friday_from_nine_to_six(self, hour: str, expected: bool) -> None:
        assert allowed(facts(), local("2026-11-23", hour)) is expected

    @pytest.mark.parametrize(
        ("uf", "phone", "offset"),
        [
            ("PE", "+558136191234", -2),  # Fernando de Noronha
            ("SP", None, -3),
            ("AM", "+5592988887777", -4),
            ("AC", None, -5),
            (None, "+5568999998888", -5),
            (None, "+5511988887777", -3),
        ],
    )
    def test_r16_counts_the_hours_where_the_debtor_is(self, uf: str | None, phone: str | None, offset: int) -> None:
        opening = datetime(2026, 11, 23, 9 - offset, tzinfo=UTC)
        there = facts(uf, phone)
        assert not allowed(there, opening - timedelta(minutes=1))
        assert allowed(there, opening)
        assert allowed(there, opening + timedelta(hours=9, minutes=-1))
        assert not allowed(there, opening + timedelta(hours=9))

    def test_r16_the_address_counts_before_the_area_code(self) -> None:
        assert place_of("AC", "+5511988887777").zone.key == "America/Rio_Branco"

    def test_r16_where_nobody_knows_the_place_the_hour_must_be_right_everywhere(self) -> None:
        nowhere = facts(None, "+351912345678")
        assert not allowed(nowhere, datetime(2026, 11, 23, 13, 59, tzinfo=UTC))  # 08:59 in Acre
        assert allowed(nowhere, datetime(2026, 11, 23, 14, 0, tzinfo=UTC))
        assert allowed(nowhere, datetime(2026, 11, 23, 19, 59, tzinfo=UTC))  # 17:59 in Noronha
        assert not allowed(nowhere, datetime(2026, 11, 23, 20, 0, tzinfo=UTC))

    def test_r16_the_west_of_amazonas_may_be_on_the_hour_of_acre(self) -> None:
        west = facts("AM", "+5597988887777")
        assert not allowed(west, datetime(2026, 11, 23, 13, 30, tzinfo=UTC))
        assert allowed(west, datetime(2026, 11, 23, 14, 0, tzinfo=UTC))

    @pytest.mark.parametrize(
        ("day", "uf"),
        [
            ("2026-11-21", "SP"),  # Saturday
            ("2026-11-22", "SP"),  # Sunday
            ("2026-12-25", "SP"),
            ("2026-04-03", "SP"),  # Good Friday, moving
            ("2027-03-26", "SP"),  # Good Friday, a year later
            ("2026-07-09", "SP"),  # of the state
            ("2026-11-20", "RJ"),
        ],
    )
    def test_r16_never_on_weekends_and_holidays(self, day: str, uf: str) -> None:
        assert blocked(facts(uf), local(day, "12:00")).reason == "no_contact_day"

    def test_r16_a_holiday_of_one_state_is_none_in_another(self) -> None:
        assert allowed(facts("MG"), local("2026-07-09", "12:00"))

    def test_r16_29_february_is_a_day_like_any_other(self) -> None:
        leap = facts(matters=(a_matter(a_debt(overdue(1000, days=-500))),))
        assert allowed(leap, local("2028-02-29", "09:00"))
        assert blocked(leap, local("2028-02-28", "18:00")).allowed_from == local("2028-02-29", "09:00")

    def test_r16_the_next_open_day_comes_after_the_weekend_and_the_holiday(self) -> None:
        # Thursday evening; Good Friday, Saturday and Easter Sunday follow
        assert blocked(facts(), local("2026-04-02", "18:00")).allowed_from == local("2026-04-06", "09:00")

    @pytest.mark.parametrize(
        ("day", "hour", "expected"),
        [
            ("2026-11-23", "07:59", False),
            ("2026-11-23", "08:00", True),
            ("2026-11-23", "19:59", True),
            ("2026-11-23", "20:00", False),
            ("2026-11-21", "13:59", True),
            ("2026-11-21", "14:00", False),
            ("2026-11-22", "10:00", False),
        ],
    )
    def test_r16_a_creditor_may_widen_it_to_the_states_row(self, day: str, hour: str, expected: bool) -> None:
        assert allowed(facts(matters=(a_matter(terms=WIDE),)), local(day, hour)) is expected


class TestAnswers:
    @pytest.mark.parametrize("at", [local("2026-11-22", "03:00"), local("2026-12-25", "23:59")])
    def test_r17_answers_leave_at_any_hour(self, at: datetime) -> None:
        used_up = facts(answers=True, contacted_at=tuple(at - timedelta(hours=h) for h in range(9)))
        assert may_contact(used_up, at=at) == Allowed("R17")

    def test_r60_an_agency_without_approval_does_not_even_answer_on_whatsapp(self) -> None:
        locked = facts(answers=True, matters=(a_matter(third_party=True),))
        assert blocked(locked, NOON).rule == "R60"
        assert allowed(replace(locked, way=Way.TELEGRAM), NOON)


class TestBudgets:
    def test_r18_one_a_day_over_all_channels_and_the_next_one_in_the_morning(self) -> None:
        verdict = blocked(facts(contacted_at=(local("2026-11-23", "09:00"),)), NOON)
        assert (verdict.rule, verdict.reason) == ("R18", "contact_of_the_day")
        assert verdict.allowed_from == local("2026-11-24", "09:00")

    def test_r18_the_day_ends_at_local_midnight(self) -> None:
        # 00:30 UTC of the 24th is still the 23rd in Acre
        late = facts("AC", contacted_at=(datetime(2026, 11, 24, 0, 30, tzinfo=UTC),))
        assert allowed(late, local("2026-11-24", "09:00", "America/Rio_Branco"))

    def test_r18_three_in_seven_days(self) -> None:
        sent = tuple(local(f"2026-11-{day}", "10:00") for day in (16, 17, 18))
        verdict = blocked(facts(contacted_at=sent), local("2026-11-19", "12:00"))
        assert verdict.reason == "contacts_of_the_week"
        assert verdict.allowed_from == local("2026-11-23", "10:00")
        assert not allowed(facts(contacted_at=sent), local("2026-11-23", "09:59"))
        assert allowed(facts(contacted_at=sent), local("2026-11-23", "10:00"))

    def test_r18_after_four_without_an_answer_thirty_days_of_silence(self) -> None:
        sent = tuple(local(day, "10:00") for day in ("2026-10-05", "2026-10-13", "2026-10-21", "2026-10-26"))
        verdict = blocked(facts(contacted_at=sent), local("2026-11-10", "12:00"))
        assert verdict.reason == "silence"
        assert verdict.allowed_from == local("2026-11-25", "10:00")

    def test_r18_an_answer_on_any_channel_ends_the_count(self) -> None:
        sent = tuple(local(day, "10:00") for day in ("2026-10-05", "2026-10-13", "2026-10-21", "2026-10-26"))
        assert allowed(facts(contacted_at=sent, last_in_at=local("2026-10-22", "10:00")), local("2026-11-10", "12:00"))

    def test_r18_a_creditor_may_tighten_the_budget(self) -> None:
        strict = contact_terms({"opt_in": OPT_IN, "weekly": 1})
        found = facts(matters=(a_matter(terms=strict),), contacted_at=(local("2026-11-18", "10:00"),))
        assert blocked(found, NOON).allowed_from == local("2026-11-25", "10:00")

    def test_r18_no_call_within_seven_days_of_a_talk_nor_more_than_seven_calls(self) -> None:
        call = facts(way=Way.VOICE)
        talked = blocked(replace(call, talked_at=local("2026-11-18", "10:00")), NOON)
        assert (talked.reason, talked.allowed_from) == ("talked_lately", local("2026-11-25", "10:00"))
        calls = tuple(local("2026-11-18", f"{hour}:00") for hour in range(10, 17))
        assert blocked(replace(call, called_at=calls), NOON).reason == "calls_of_the_week"
        assert allowed(replace(call, called_at=calls[1:]), NOON)

    def test_what_happened_later_does_not_count(self) -> None:
        assert allowed(facts(contacted_at=(NOON + timedelta(hours=1),)), NOON)


class TestWishes:
    def test_r20_hours_narrow_the_window_and_never_widen_it(self) -> None:
        morning = facts(wishes=(wish_from("só de manhã, por favor"),))
        assert allowed(morning, local("2026-11-23", "11:59"))
        refused = blocked(morning, NOON)
        assert (refused.rule, refused.allowed_from) == ("R20", local("2026-11-24", "09:00"))
        assert not allowed(morning, local("2026-11-23", "08:59"))

    def test_r20_a_wish_outside_the_window_leaves_nothing(self) -> None:
        assert blocked(facts(wishes=(wish_from("só à noite"),)), NOON).allowed_from is None

    def test_r20_days_of_the_week(self) -> None:
        refused = blocked(facts(wishes=(wish_from("só na quarta-feira"),)), NOON)
        assert refused.allowed_from == local("2026-11-25", "09:00")

    def test_r20_a_channel(self) -> None:
        elsewhere = facts(wishes=(wish_from("não no WhatsApp, prefiro e-mail"),))
        assert blocked(elsewhere, NOON).reason == "channel_unwanted"
        assert allowed(replace(elsewhere, way=Way.EMAIL), NOON)

    def test_r20_what_nobody_could_read_waits_for_a_person(self) -> None:
        odd = facts(wishes=(wish_from("quando o galo cantar"),))
        assert blocked(odd, NOON).reason == "wish_unread"
        assert allowed(replace(odd, by_person=True), NOON)

    @pytest.mark.parametrize(
        ("words", "start", "end"),
        [
            ("depois das 14h", time(14), time.max),
            ("antes das 10", time(0), time(10)),
            ("entre 9 e 11h", time(9), time(11)),
            ("das 13:30 às 15h", time(13, 30), time(15)),
            ("me chama de tarde", time(12), time(18)),
            ("a partir das 16", time(16), time.max),
        ],
    )
    def test_r20_hours_are_read_from_the_words(self, words: str, start: time, end: time) -> None:
        assert (wish_from(words).hours.start, wish_from(words).hours.end) == (start, end)


class TestStates:
    @pytest.mark.parametrize(
        ("state", "rule"),
        [
            (ContactState.WRONG_PERSON, "R12"),
            (ContactState.OPTED_OUT, "R21"),
            (ContactState.UNREACHABLE, "R21"),
        ],
    )
    def test_r12_r21_an_address_that_is_closed_stays_closed(self, state: ContactState, rule: str) -> None:
        verdict = blocked(facts(state=state), NOON)
        assert (verdict.rule, verdict.allowed_from) == (rule, None)

    @pytest.mark.parametrize(("reason", "rule"), [(StateReason.DEATH, "R15"), (StateReason.CRISIS, "R14")])
    def test_r14_r15_death_and_crisis_stop_everything_for_good(self, reason: StateReason, rule: str) -> None:
        matters = (a_matter(a_debt(number=2)), *suspended(reason))
        verdict = blocked(facts(matters=matters), NOON)
        assert (verdict.rule, verdict.allowed_from) == (rule, None)

    def test_r45_hardship_gives_breath_on_all_debts_until_its_day_is_over(self) -> None:
        matters = (a_matter(a_debt(number=2)), *suspended(StateReason.HARDSHIP, date(2026, 11, 24)))
        verdict = blocked(facts(matters=matters), NOON)
        assert (verdict.rule, verdict.allowed_from) == ("R45", local("2026-11-25", "09:00"))
        assert blocked(facts(matters=matters), local("2026-11-24", "17:59")).rule == "R45"
        assert allowed(facts(matters=matters), local("2026-11-25", "09:00"))

    def test_r41_a_claimed_payment_pauses_its_own_debt_only(self) -> None:
        paused = suspended(StateReason.PAYMENT_CLAIMED, date(2026, 11, 27))
        verdict = blocked(facts(matters=paused), NOON)
        assert (verdict.rule, verdict.allowed_from) == ("R41", local("2026-11-30", "09:00"))
        assert allowed(facts(matters=(*paused, a_matter(a_debt(number=2)))), NOON)

    def test_r44_a_dispute_waits_for_a_person(self) -> None:
        verdict = blocked(facts(matters=(a_matter(a_debt(state=DebtState.DISPUTED)),)), NOON)
        assert (verdict.rule, verdict.allowed_from) == ("R44", None)

    @pytest.mark.parametrize(("days", "rule"), [(5 * 366, "R31"), (5 * 365 - 20, "R30"), (5 * 365 - 60, "R33")])
    def test_r30_r31_r33_old_debts_are_left_alone(self, days: int, rule: str) -> None:
        verdict = blocked(facts(matters=(a_matter(a_debt(overdue(1000, days=days))),)), NOON)
        assert (verdict.rule, verdict.allowed_from) == (rule, None)

    def test_r33_a_person_may_decide_to_write(self) -> None:
        near = facts(matters=(a_matter(a_debt(overdue(1000, days=5 * 365 - 60))),), by_person=True)
        assert allowed(near, NOON)

    def test_r55_opt_out_deletion_and_dispute_are_three_states(self) -> None:
        stopped = facts(state=ContactState.OPTED_OUT)
        erased = facts(erasure_asked=True)
        disputed = facts(matters=(a_matter(a_debt(state=DebtState.DISPUTED)),))
        assert [blocked(f, NOON).rule for f in (stopped, erased, disputed)] == ["R21", "R55", "R44"]
        # the opt-out closes one address, the dispute one debt, the deletion everything
        assert allowed(replace(stopped, state=ContactState.ACTIVE), NOON)
        assert allowed(replace(disputed, matters=(*disputed.matters, a_matter())), NOON)
        assert blocked(replace(erased, way=Way.EMAIL), NOON).rule == "R55"

    def test_r9_an_assigned_debt_waits_for_the_notice(self) -> None:
        without = contact_terms({"opt_in": OPT_IN, "assigned": True})
        later = contact_terms({"opt_in": OPT_IN, "assigned": True, "assignment_notice_on": date(2026, 11, 25)})
        assert blocked(facts(matters=(a_matter(terms=without),)), NOON).rule == "R9"
        assert blocked(facts(matters=(a_matter(terms=later),)), NOON).allowed_from == local("2026-11-25", "09:00")

    def test_r13_only_a_debtor_is_written_to(self) -> None:
        assert blocked(facts(matters=()), NOON).rule == "R13"

    def test_a_debt_in_an_agreement_may_be_reminded_of(self) -> None:
        assert allowed(facts(matters=(a_matter(a_debt(state=DebtState.IN_AGREEMENT)),)), NOON)


class TestPlatforms:
    def test_r60_whatsapp_is_locked_for_an_agency_until_the_approval_is_on_file(self) -> None:
        agency = facts(matters=(a_matter(third_party=True),))
        approved = replace(TERMS, whatsapp_approval=OnFile("approval", "file 7", date(2026, 1, 1)))
        assert blocked(agency, NOON).rule == "R60"
        assert allowed(replace(agency, way=Way.EMAIL), NOON)
        assert allowed(facts(matters=(a_matter(terms=approved, third_party=True),)), NOON)

    def test_r61_whatsapp_needs_consent_of_the_person_or_of_the_creditors_customers(self) -> None:
        unknown = facts(matters=(a_matter(terms=ContactTerms()),))
        assert blocked(unknown, NOON).rule == "R61"
        assert allowed(replace(unknown, consent=True), NOON)
        assert allowed(replace(unknown, last_in_here_at=NOON - timedelta(hours=1)), NOON)

    def test_r62_free_text_until_twenty_four_hours_are_over_then_a_template(self) -> None:
        spoke = facts(template=False, last_in_here_at=NOON - timedelta(hours=24), last_in_at=NOON)
        assert allowed(spoke, NOON - timedelta(minutes=1))
        assert blocked(spoke, NOON).rule == "R62"
        assert may_contact(replace(spoke, template=True), at=NOON) == Allowed("R16", template_only=True)

    def test_r62_a_free_text_that_must_wait_past_the_twenty_four_hours_never_leaves(self) -> None:
        spoke = facts(template=False, last_in_here_at=local("2026-11-20", "19:00"))
        verdict = blocked(spoke, local("2026-11-20", "20:00"))
        assert (verdict.rule, verdict.allowed_from) == ("R16", None)

    def test_r66_telegram_cannot_begin(self) -> None:
        assert blocked(facts(way=Way.TELEGRAM, address=None), NOON).rule == "R66"
        assert blocked(facts(way=Way.TELEGRAM, address="12"), NOON).rule == "R66"
        assert allowed(facts(way=Way.TELEGRAM, address="12", last_in_here_at=NOON - timedelta(days=9)), NOON)


moments = st.datetimes(datetime(2026, 1, 1), datetime(2028, 12, 31), timezones=st.just(UTC)).map(  # noqa: DTZ001
    lambda m: m.replace(second=0, microsecond=0)
)
places = st.sampled_from(
    [("SP", None), ("AC", None), ("PE", "+558136191234"), ("AM", "+5597988887777"), (None, None), ("RJ", None)]
).map(lambda p: place_of(*p))
some_wishes = st.lists(
    st.sampled_from(["só de manhã", "depois das 14h", "entre 10 e 11", "terça e quinta", "prefiro whatsapp"]).map(
        wish_from
    ),
    max_size=2,
).map(tuple)


@st.composite
def situations(draw: st.DrawFn) -> tuple[ContactFacts, datetime]:
    """Facts on a recent past, and an instant."""
    at = draw(moments)
    past = st.integers(0, 60 * 24 * 60).map(lambda minutes: at - timedelta(minutes=minutes))
    debts = st.one_of(
        st.just(a_debt(overdue(1000, days=-2000))),
        st.integers(0, 1900).map(lambda days: a_debt(overdue(1000, days=days))),
        st.tuples(
            st.sampled_from([StateReason.HARDSHIP, StateReason.PAYMENT_CLAIMED]), st.integers(-5, 40), st.booleans()
        ).map(
            lambda s: a_debt(
                overdue(1000, days=-2000),
                state=DebtState.SUSPENDED,
                reason=s[0],
                until=at.date() + timedelta(days=s[1]),
            )
        ),
    )
    terms = st.sampled_from([TERMS, WIDE, contact_terms({"opt_in": OPT_IN, "daily": 1, "weekly": 2, "unanswered": 3})])
    found = ContactFacts(
        way=draw(st.sampled_from([Way.WHATSAPP, Way.EMAIL, Way.VOICE])),
        address="x",
        place=draw(places),
        matters=tuple(draw(st.lists(st.builds(Matter, debts, terms), min_size=1, max_size=2))),
        template=draw(st.booleans()),
        contacted_at=tuple(draw(st.lists(past, max_size=6))),
        called_at=tuple(draw(st.lists(past, max_size=8))),
        talked_at=draw(st.none() | past),
        last_in_at=draw(st.none() | past),
        last_in_here_at=draw(st.none() | past),
        wishes=draw(some_wishes),
    )
    return found, at


class TestPromises:
    @given(situations())
    @settings(max_examples=300, deadline=None)
    def test_contact_is_allowed_from_the_instant_that_is_told_and_not_a_minute_before(
        self, situation: tuple[ContactFacts, datetime]
    ) -> None:
        found, at = situation
        verdict = may_contact(found, at=at)
        if isinstance(verdict, Allowed) or verdict.allowed_from is None:
            return
        start = verdict.allowed_from
        known = found.known_at(at)
        assert start > at
        assert allowed(known, start)
        assert not allowed(known, max(at, start - timedelta(minutes=1)))

    @given(situations(), st.integers(0, 60 * 24 * 14))
    @settings(max_examples=300, deadline=None)
    def test_before_that_instant_nothing_is_allowed(
        self, situation: tuple[ContactFacts, datetime], minutes: int
    ) -> None:
        found, at = situation
        verdict = may_contact(found, at=at)
        later = at + timedelta(minutes=minutes)
        if isinstance(verdict, Blocked) and (verdict.allowed_from is None or later < verdict.allowed_from):
            assert not allowed(found.known_at(at), later)

    @given(moments, st.sampled_from(sorted({"SP", "RJ", "AM", "ES", "AL", "AC", "MG"})))
    def test_r16_no_policy_that_loads_opens_a_sunday_or_the_night(self, at: datetime, uf: str) -> None:
        found = facts(uf, matters=(a_matter(a_debt(overdue(1000, days=-2000)), terms=WIDE),))
        if allowed(found, at):
            there = at.astimezone(found.place.zone)
            assert there.weekday() < 6
            assert time(8) <= there.time() < time(20)

    @given(situations())
    @settings(max_examples=200, deadline=None)
    def test_r20_a_wish_never_allows_what_was_forbidden(self, situation: tuple[ContactFacts, datetime]) -> None:
        found, at = situation
        if allowed(found, at):
            assert allowed(replace(found, wishes=()), at)


def test_the_sample_day_is_a_monday() -> None:
    assert TODAY.weekday() == 0
    assert isinstance(wish_from(""), Wish)
