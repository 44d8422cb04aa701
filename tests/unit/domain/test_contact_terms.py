"""A creditor's `[contact]` table: it may narrow, and widen up to the state's row, never beyond."""

from __future__ import annotations

from datetime import date, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.calendars import STATES
from bot.domain.contact_terms import contact_faults, contact_terms
from bot.domain.contact_windows import DEFAULT_WINDOW, ContactHours, Hours, Window, widest_window
from bot.domain.errors import InvalidPolicy
from tests.unit.domain.makers import a_policy


def codes(**table: object) -> list[tuple[object, object, object]]:
    return [(fault["path"], fault["rule"], fault["code"]) for fault in contact_faults(table)]


class TestHours:
    def test_r16_nothing_said_means_the_default(self) -> None:
        assert contact_terms({}).hours.window_in("SP") == DEFAULT_WINDOW

    def test_r16_hours_that_fit_every_state_may_be_general(self) -> None:
        assert codes(weekdays=["09:00", "19:00"]) == []
        assert contact_terms({"weekdays": [time(10), time(16)]}).hours.window_in("RJ").weekdays is not None

    def test_r16_general_hours_beyond_some_states_row_are_refused_with_the_narrowest(self) -> None:
        faults = contact_faults({"weekdays": ["08:00", "20:00"]})
        assert [(f["path"], f["code"], f["cap"], f["states"]) for f in faults] == [
            ("contact.weekdays", "beyond_state_window", "09:00-19:00", "AM, ES, RJ")
        ]

    @pytest.mark.parametrize(
        ("uf", "key", "hours", "good"),
        [
            ("SP", "weekdays", ["08:00", "20:00"], True),
            ("SP", "weekdays", ["07:59", "20:00"], False),
            ("SP", "weekdays", ["08:00", "20:01"], False),
            ("SP", "saturdays", ["08:00", "14:00"], True),
            ("SP", "saturdays", ["08:00", "14:01"], False),
            ("AL", "weekdays", ["08:00", "20:00"], True),
            ("RJ", "weekdays", ["08:00", "19:00"], False),
            ("RJ", "weekdays", ["09:00", "19:00"], True),
            ("RJ", "saturdays", ["09:00", "10:00"], False),
            ("ES", "weekdays", ["08:00", "19:00"], True),
            ("AM", "weekdays", ["09:00", "19:01"], False),
            ("MG", "saturdays", ["08:00", "14:00"], True),
        ],
    )
    def test_r16_each_state_has_its_row(self, uf: str, key: str, hours: list[str], good: bool) -> None:
        found = codes(states={uf: {key: hours}})
        assert found == ([] if good else [(f"contact.states.{uf}.{key}", "R16", "beyond_state_window")])

    def test_r16_hours_that_got_in_otherwise_are_cut_to_the_row(self) -> None:
        found = ContactHours(Window(Hours(time(0), time(23)), Hours(time(0), time(23))))
        assert found.window_in("RJ") == widest_window("RJ")

    def test_r16_the_fault_names_the_line_of_the_file(self) -> None:
        old = "# [contact.states.SP]"
        with pytest.raises(InvalidPolicy) as error:
            a_policy((old, '[contact.states.RJ]\nweekdays = ["08:00", "20:00"]\n#'))
        (fault,) = error.value.facts["errors"]  # type: ignore[misc, attr-defined]
        assert fault["line"] > 1
        assert fault["path"] == "contact.states.RJ.weekdays"
        assert fault["rule"] == "R16"

    @given(
        uf=st.sampled_from(sorted(STATES)),
        hours=st.tuples(st.integers(0, 23), st.integers(0, 23)),
        key=st.sampled_from(["weekdays", "saturdays"]),
    )
    def test_r16_whatever_loads_stays_within_the_row(self, uf: str, hours: tuple[int, int], key: str) -> None:
        table = {"states": {uf: {key: [f"{hours[0]:02}:00", f"{hours[1]:02}:00"]}}}
        if contact_faults(table):
            return
        found = getattr(contact_terms(table).hours.window_in(uf), key)
        assert found.within(getattr(widest_window(uf), key))


class TestTheRest:
    @pytest.mark.parametrize(("key", "value"), [("daily", 2), ("weekly", 4), ("unanswered", 5)])
    def test_r18_a_policy_cannot_loosen_the_budget(self, key: str, value: int) -> None:
        assert codes(**{key: value}) == [(f"contact.{key}", "R18", "above_legal_cap")]

    def test_r18_a_policy_cannot_shorten_the_silence(self) -> None:
        assert codes(silence_days=29) == [("contact.silence_days", "R18", "out_of_range")]

    def test_r61_a_proof_has_words_source_and_day(self) -> None:
        assert codes(opt_in={"text": "Aceito"}) == [("contact.opt_in", "R61", "incomplete_proof")]
        assert codes(opt_in={"text": "Aceito", "source": "contrato", "on": date(2020, 1, 1)}) == []

    def test_r60_so_has_the_approval(self) -> None:
        assert codes(whatsapp_approval={"text": "x"}) == [("contact.whatsapp_approval", "R60", "incomplete_proof")]

    @pytest.mark.parametrize(
        "table",
        [
            {"hours": 1},
            {"states": {"SP": {"sundays": ["09:00", "10:00"]}}},
            {"states": {"XX": {}}},
            {"weekdays": ["18:00", "09:00"]},
            {"weekdays": "09:00-18:00"},
            {"assigned": "yes"},
            {"templates": [1]},
            {"daily": True},
        ],
    )
    def test_what_nobody_knows_is_a_fault(self, table: dict[str, object]) -> None:
        assert contact_faults(table)
        with pytest.raises(ValueError, match="contact"):
            contact_terms(table)
