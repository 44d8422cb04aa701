"""Every number that a law or a rule of ours fixes, with its unit, its source and the day from which it holds.

Changing the law is changing a line here. A refusal is a `Blocked` value that names the rule.
`confirmed=False` marks what was not checked against the primary source; `docs/rules.md` repeats the list.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation

from bot.domain.money import Money


@dataclass(frozen=True, slots=True)
class LegalLimit:
    """One number of a rule.

    Attributes:
        value: the number; fractions for rates (0.02 is two percent).
        unit: what it counts.
        holds_from: the first day on which it holds; for rules of our own, the day this project took them up.
        source: article and date, or "ours".
        rule: the rule's id in `docs/rules.md`.
        confirmed: False where the primary source was not read.
    """

    rule: str
    value: Decimal
    unit: str
    holds_from: date
    source: str
    confirmed: bool = True

    @property
    def count(self) -> int:
        """The value as a whole number (days, years, hours).

        Raises:
            ValueError: the value is a fraction.
        """
        if self.value != self.value.to_integral_value():
            raise ValueError(f"{self.rule}: {self.value} {self.unit} is no whole number")
        return int(self.value)

    @property
    def money(self) -> Money:
        """The value as an amount; only where the unit is BRL."""
        if self.unit != "BRL":
            raise ValueError(f"{self.rule}: {self.unit} is no amount")
        return Money.from_decimal(self.value)


@dataclass(frozen=True, slots=True)
class Blocked:
    """A refusal that names its rule. `detail` is a stable code, `facts` what a log line or a text may need."""

    rule: str
    detail: str = ""
    facts: Mapping[str, object] = field(default_factory=dict, hash=False)


_OURS = date(2026, 11, 22)
_CDC = date(1991, 3, 11)


def _limit(rule: str, value: str, unit: str, holds_from: date, source: str, *, confirmed: bool = True) -> LegalLimit:
    return LegalLimit(rule, Decimal(value), unit, holds_from, source, confirmed)


# Active contact: the hours of R16 stand in bot/domain/contact_windows.py
CONTACTS_A_DAY = _limit("R18", "1", "active contacts a local day, over all channels", _OURS, "ours")
CONTACTS_IN_7_DAYS = _limit("R18", "3", "active contacts in 7 days, over all channels", _OURS, "ours")
UNANSWERED_CONTACTS = _limit("R18", "4", "active contacts without an answer, before the silence", _OURS, "ours")
SILENCE_DAYS = _limit("R18", "30", "days of silence after them", _OURS, "ours")
CALLS_IN_7_DAYS = _limit("R18", "7", "calls in 7 days", _OURS, "ours; cf. 12 CFR 1006.14(b)")
CALL_PAUSE_DAYS = _limit("R18", "7", "days without a call after a talk", _OURS, "ours; cf. 12 CFR 1006.14(b)")
FREE_TEXT_HOURS = _limit("R62", "24", "hours since the person's last message", _OURS, "WhatsApp Business policy")

# Credit bureaus, prescription
LISTING_YEARS = _limit("R25", "5", "years", _CDC, "CDC (Lei 8.078/1990) art. 43 §§1, 5")
LISTING_REMOVAL_BUSINESS_DAYS = _limit("R28", "5", "business days", date(2015, 10, 14), "Súmula 548 STJ")
PRESCRIPTION_YEARS = _limit("R30", "5", "years", date(2003, 1, 11), "CC (Lei 10.406/2002) art. 206 §5 I")
PRESCRIPTION_STOP_DAYS = _limit("R30", "30", "days", _OURS, "ours")
PRESCRIPTION_PERSON_DAYS = _limit("R33", "90", "days", _OURS, "ours; CC art. 202 VI", confirmed=False)

# Money
LATE_FINE_CAP = _limit(
    "R34", "0.02", "fraction of the installment, once", date(1996, 8, 2), "CDC art. 52 §1, Lei 9.298/1996"
)
LEGAL_RATE = _limit(
    "R35", "0", "least legal rate a month", date(2024, 8, 30), "CC arts. 389, 406 (Lei 14.905/2024); Res. CMN 5.171"
)
LATE_INTEREST_CAP = _limit(
    "R36", "0.01", "fraction a month", date(1933, 4, 8), "Decreto 22.626/1933 arts. 1, 5", confirmed=False
)
COLLECTION_FEE_DEFAULT = _limit("R39", "0", "fraction", _CDC, "CDC art. 51 XII", confirmed=False)
CLAIMED_PAYMENT_BUSINESS_DAYS = _limit("R41", "5", "business days", _OURS, "ours")
WEEKEND_DUE_BUSINESS_DAYS = _limit("R34", "1", "business days", date(1983, 4, 15), "Lei 7.089/1983 art. 1")
DAYS_A_MONTH = 30  # the commercial month, by which a monthly rate is taken pro rata

# Vulnerable people
MINIMUM_LIVING = _limit("R42", "600", "BRL", date(2023, 6, 20), "Decreto 11.150/2022, 11.567/2023")
INSTALLMENT_INCOME_SHARE = _limit("R42", "0.30", "fraction of the income", _OURS, "ours")
DISPUTE_BUSINESS_DAYS = _limit("R44", "5", "business days", _OURS, "ours; cf. FCA CONC 7.14")
BREATHING_SPACE_DAYS = _limit("R45", "30", "days", _OURS, "ours; cf. FCA CONC 7.3")

# Data protection, calls, regulated creditors
CALL_COPY_BUSINESS_DAYS = _limit("R22", "7", "business days", date(2013, 1, 9), "SP Lei 14.953/2013 art. 3")
DATA_REQUEST_DAYS = _limit("R49", "15", "days", date(2020, 9, 18), "LGPD (Lei 13.709/2018) art. 19 II")
REGULATED_ANSWER_DAYS = _limit("R68", "7", "days", date(2022, 10, 3), "Decreto 11.034/2022")
REGULATED_RECORDING_DAYS = _limit("R68", "90", "days", date(2022, 10, 3), "Decreto 11.034/2022")

# Agreement, identity
OFFER_HOURS = _limit("R58", "6", "hours", _OURS, "ours")
REGRET_DAYS = _limit("R59", "7", "days", _CDC, "CDC art. 49", confirmed=False)
IDENTITY_TRIES = _limit("R10", "3", "tries", _OURS, "ours")
REFUND_FACTOR = _limit("R6", "2", "times the amount", _CDC, "CDC art. 42, sole paragraph")

ALL_LIMITS: tuple[LegalLimit, ...] = tuple(v for v in list(globals().values()) if isinstance(v, LegalLimit))


def prescribes_on(due_on: date) -> date:
    """The day on which a debt due on `due_on` prescribes (R30); 29 February counts to 1 March (CC art. 132 §3)."""
    year = due_on.year + PRESCRIPTION_YEARS.count
    try:
        return due_on.replace(year=year)
    except ValueError:
        return date(year, 3, 1)


def prescription(due_on: date, *, today: date) -> Blocked | None:
    """Whether a debt is too old to be collected, or so near to it that a person decides (R30, R31, R33)."""
    end = prescribes_on(due_on)
    left = (end - today).days
    facts = {"due_on": due_on, "prescribes_on": end, "days_left": left}
    if left <= 0:
        return Blocked("R31", "prescribed", facts)
    if left <= PRESCRIPTION_STOP_DAYS.count:
        return Blocked("R30", "prescription_near", facts)
    if left < PRESCRIPTION_PERSON_DAYS.count:
        return Blocked("R33", "prescription_needs_person", facts)
    return None


def may_be_listed(due_on: date, *, today: date) -> bool:
    """Whether a credit bureau may still show a debt that fell due on this day (R25)."""
    return today < prescribes_on(due_on)


def breathing_space_until(told_on: date) -> date:
    """The last day of the pause after hardship was told (R45)."""
    return told_on + timedelta(days=BREATHING_SPACE_DAYS.count)


type MonthlyRates = Mapping[date, Decimal]
"""The legal rate (R35) by the first day of its month, as a fraction a month."""


def monthly_rates(table: Mapping[str, object]) -> dict[date, Decimal]:
    """The R35 series from a TOML table such as `{"2026-10": "0.0071"}`.

    The series is data that the operator loads (Banco Central publishes the "taxa legal" monthly). A month below zero
    counts as zero (CC art. 406 §3); a month that is missing counts as zero, never as a guess.

    Raises:
        ValueError: a key is no `YYYY-MM`, or a value no number.
    """
    rates: dict[date, Decimal] = {}
    for key, value in table.items():
        if not re.fullmatch(r"\d{4}-\d{2}", key):
            raise ValueError(f"not a month: {key!r}")
        try:
            rate = Decimal(str(value))
        except InvalidOperation:
            raise ValueError(f"not a rate: {value!r}") from None
        rates[date.fromisoformat(f"{key}-01")] = max(LEGAL_RATE.value, rate)
    return rates
