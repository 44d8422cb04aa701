"""A creditor's terms: who it is, what it charges, what it may concede. Read from TOML by `bot/domain/policy_files.py`.

A `Policy` that breaks a legal cap can't be built: it raises InvalidPolicy with the path and the rule of each fault.
Rates, discounts and shares are Decimal fractions (0.02); keys that end in `_centavos` are amounts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

from pydantic import ConfigDict, with_config

from bot.domain.charges import ChargeTerms
from bot.domain.contact_terms import ContactTerms, contact_faults, contact_terms
from bot.domain.errors import InvalidPolicy
from bot.domain.legal import LATE_FINE_CAP, LATE_INTEREST_CAP, OFFER_HOURS, LegalLimit, MonthlyRates
from bot.domain.money import ZERO, Money
from bot.domain.profiles import ProfileKind

_ZERO = Decimal(0)
_section = with_config(ConfigDict(extra="forbid"))  # a misspelt key in a file is a fault, not silence


class Mode(StrEnum):
    """Who writes (R60): the creditor itself, or an agency for it."""

    FIRST_PARTY = "first_party"
    THIRD_PARTY = "third_party"


class Proof(StrEnum):
    """What a person supplies to be the right party (R10)."""

    BIRTH_DATE = "birth_date"
    DOCUMENT_DIGITS = "document_digits"


class Authority(StrEnum):
    """Who concedes. The assistant has no discount beyond the rungs."""

    ASSISTANT = "assistant"
    AGENT = "agent"
    SUPERVISOR = "supervisor"


@_section
@dataclass(frozen=True, slots=True)
class Creditor:
    """The payee, as every document shows it (R4), and where to check that it is genuine (R8)."""

    slug: str
    name: str
    legal_name: str
    document: str
    address: str
    city: str
    state: str
    pix_key: str
    phone: str
    site: str
    email: str | None = None
    financial_institution: bool = False
    federally_regulated: bool = False
    mode: Mode = Mode.FIRST_PARTY


@_section
@dataclass(frozen=True, slots=True)
class Identity:
    proof: Proof = Proof.BIRTH_DATE


@_section
@dataclass(frozen=True, slots=True)
class Charges:
    """See `ChargeTerms`. `monthly_interest` absent: none was agreed (R35). A fee needs `fee_in_contract` (R39)."""

    fine: Decimal = _ZERO
    monthly_interest: Decimal | None = None
    fee: Decimal = _ZERO
    fee_in_contract: bool = False
    contract_rate: Decimal | None = None


@_section
@dataclass(frozen=True, slots=True)
class AgeStep:
    """A debt at least this many days past due gets `extra` on top of its rung."""

    days: int
    extra: Decimal


@_section
@dataclass(frozen=True, slots=True)
class LifetimeStep:
    """Somebody who has bought for at least `times` what they owe gets `extra` on top of the rung."""

    times: Decimal
    extra: Decimal


@_section
@dataclass(frozen=True, slots=True)
class Discounts:
    """What may be conceded of the balance.

    Attributes:
        ceiling: no discount is ever larger, whoever grants it; never shown to anybody (R71).
        rungs: for each profile the discounts in the order in which they are conceded, never falling.
        plan_share: the part of a cash discount that a plan keeps.
        by_age, by_lifetime_value: extras; only the largest one that applies of each counts.
    """

    ceiling: Decimal
    rungs: Mapping[ProfileKind, tuple[Decimal, ...]] = field(hash=False)
    plan_share: Decimal = _ZERO
    by_age: tuple[AgeStep, ...] = ()
    by_lifetime_value: tuple[LifetimeStep, ...] = ()


@_section
@dataclass(frozen=True, slots=True)
class Hardship:
    """How a plan changes once hardship was told (R45): no interest, no down payment, and these."""

    max: int
    min_amount_centavos: int


@_section
@dataclass(frozen=True, slots=True)
class Installments:
    """The shape of a plan.

    Attributes:
        max: the most installments for anybody without hardship; `max_by_profile` may lower it.
        default_by_profile: the plan that is shown first.
        down_payment: the least first installment, as a fraction of the price.
        first_due_within_days: the latest first due date, from the day of the offer.
        due_days: days of the month to choose from; the first that comes is the default.
    """

    max: int
    min_amount_centavos: int
    due_days: tuple[int, ...]
    hardship: Hardship
    max_by_profile: Mapping[ProfileKind, int] = field(hash=False)
    default_by_profile: Mapping[ProfileKind, int] = field(hash=False)
    monthly_rate: Decimal = _ZERO
    down_payment: Decimal = _ZERO
    first_due_within_days: int = 30


@_section
@dataclass(frozen=True, slots=True)
class OfferTerms:
    """How long an offer stands, and how many days a cash payment may take."""

    expires_hours: int = OFFER_HOURS.count
    cash_due_within_days: int = 5


@_section
@dataclass(frozen=True, slots=True)
class AgreementTerms:
    """`grace_days`: how late an installment may be before the agreement counts as broken."""

    grace_days: int = 5


@_section
@dataclass(frozen=True, slots=True)
class GoodPayer:
    """A thank-you for paying an installment at least `days_before` its due date."""

    discount: Decimal = _ZERO
    days_before: int = 1


@_section
@dataclass(frozen=True, slots=True)
class ExtraDiscounts:
    """What a person may concede beyond the rung, as a further fraction of the balance."""

    agent: Decimal = _ZERO
    supervisor: Decimal = _ZERO


@_section
@dataclass(frozen=True, slots=True)
class Consequences:
    """Which consequences are planned and authorised at all (R3); each debt still needs its own entry on file."""

    listing: bool = False
    protest: bool = False
    lawsuit: bool = False


@_section
@dataclass(frozen=True, slots=True)
class Policy:
    """All terms of one creditor in one version.

    `contact` is carried as read and checked by `bot/domain/contact_terms.py`; `schedule` is carried as read.

    Raises:
        InvalidPolicy: a rule is broken; `facts["errors"]` has a dict of `path`, `rule`, `code` and numbers for each.
    """

    version: str
    valid_from: date
    creditor: Creditor
    discounts: Discounts
    installments: Installments
    identity: Identity = Identity()
    charges: Charges = Charges()
    offer: OfferTerms = OfferTerms()
    agreement: AgreementTerms = AgreementTerms()
    good_payer: GoodPayer = GoodPayer()
    authority: ExtraDiscounts = ExtraDiscounts()
    consequences: Consequences = Consequences()
    contact: Mapping[str, Any] = field(default_factory=dict, hash=False)
    schedule: Mapping[str, Any] = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        if errors := list(_faults(self)):
            raise InvalidPolicy(errors=errors)

    @property
    def contact_terms(self) -> ContactTerms:
        """What the creditor has settled about writing first (R16, R18, R60, R61)."""
        return contact_terms(self.contact)

    def charge_terms(self, *, legal_rates: MonthlyRates | None = None, uf: str | None = None) -> ChargeTerms:
        """The terms for `charge_sheet`; `legal_rates` count only where the contract has no rate (R35)."""
        return ChargeTerms(
            fine=self.charges.fine,
            monthly_interest=self.charges.monthly_interest,
            legal_rates=legal_rates or {},
            fee=self.charges.fee,
            contract_rate=self.charges.contract_rate,
            financial_institution=self.creditor.financial_institution,
            uf=uf,
        )

    def discount_at(
        self,
        rung: int,
        *,
        profile: ProfileKind,
        days_past_due: int = 0,
        balance: Money = ZERO,
        lifetime_value: Money = ZERO,
        authority: Authority = Authority.ASSISTANT,
    ) -> Decimal:
        """The cash discount of this rung with every extra that applies, never above the ceiling.

        A rung beyond the last is the last.

        Raises:
            ValueError: `rung` is negative.
        """
        if rung < 0:
            raise ValueError(f"rung must not be negative, got {rung}")
        rungs = self.discounts.rungs[profile]
        fraction = rungs[min(rung, len(rungs) - 1)]
        fraction += max((s.extra for s in self.discounts.by_age if days_past_due >= s.days), default=_ZERO)
        fraction += max(
            (
                s.extra
                for s in self.discounts.by_lifetime_value
                if balance and lifetime_value.centavos >= s.times * balance.centavos
            ),
            default=_ZERO,
        )
        if authority is Authority.AGENT:
            fraction += self.authority.agent
        elif authority is Authority.SUPERVISOR:
            fraction += self.authority.supervisor
        return min(fraction, self.discounts.ceiling)

    def last_rung(self, profile: ProfileKind) -> int:
        return len(self.discounts.rungs[profile]) - 1

    def most_installments(self, profile: ProfileKind, *, hardship: bool = False) -> int:
        usual = min(self.installments.max, self.installments.max_by_profile.get(profile, self.installments.max))
        return max(usual, self.installments.hardship.max) if hardship else usual

    def least_installment(self, *, hardship: bool = False) -> Money:
        usual = self.installments.min_amount_centavos
        return Money(min(usual, self.installments.hardship.min_amount_centavos) if hardship else usual)


def whatsapp_is_locked(policies: Sequence[Policy]) -> bool:
    """Whether all of these are agencies' without the platform's written approval (R60); False for none."""
    return bool(policies) and all(
        p.creditor.mode is Mode.THIRD_PARTY and p.contact_terms.whatsapp_approval is None for p in policies
    )


type _Fault = dict[str, object]


def _above(path: str, value: Decimal | int, limit: LegalLimit) -> list[_Fault]:
    if value <= limit.value:
        return []
    return [{"path": path, "rule": limit.rule, "code": "above_legal_cap", "value": str(value), "cap": str(limit.value)}]


def _outside(path: str, value: Decimal | int, low: Decimal | int, high: Decimal | int) -> list[_Fault]:
    if low <= value <= high:
        return []
    return [{"path": path, "rule": None, "code": "out_of_range", "value": str(value), "low": low, "high": high}]


def _faults(policy: Policy) -> list[_Fault]:
    return [
        *_charge_faults(policy),
        *_discount_faults(policy),
        *_installment_faults(policy),
        *_other_faults(policy),
        *contact_faults(policy.contact),
    ]


def _charge_faults(policy: Policy) -> list[_Fault]:
    charges, rate = policy.charges, policy.charges.monthly_interest or _ZERO
    faults = _above("charges.fine", charges.fine, LATE_FINE_CAP)
    faults += _outside("charges.fine", charges.fine, 0, 1)
    if not policy.creditor.financial_institution:
        faults += _above("charges.monthly_interest", rate, LATE_INTEREST_CAP)
        faults += _above("installments.monthly_rate", policy.installments.monthly_rate, LATE_INTEREST_CAP)
    for path, value in (
        ("charges.monthly_interest", rate),
        ("charges.fee", charges.fee),
        ("charges.contract_rate", charges.contract_rate or _ZERO),
        ("installments.monthly_rate", policy.installments.monthly_rate),
    ):
        faults += _outside(path, value, 0, 1)
    if charges.fee and not charges.fee_in_contract:
        faults.append({"path": "charges.fee", "rule": "R39", "code": "fee_not_in_contract"})
    return faults


def _discount_faults(policy: Policy) -> list[_Fault]:
    discounts = policy.discounts
    faults = _outside("discounts.ceiling", discounts.ceiling, 0, Decimal("0.99"))
    faults += _outside("discounts.plan_share", discounts.plan_share, 0, 1)
    for profile in ProfileKind:
        path, rungs = f"discounts.rungs.{profile}", discounts.rungs.get(profile, ())
        if not rungs:
            faults.append({"path": path, "rule": None, "code": "missing"})
        elif list(rungs) != sorted(rungs):
            faults.append({"path": path, "rule": None, "code": "rungs_fall"})
        for rung in rungs:
            faults += _outside(path, rung, 0, discounts.ceiling)
    for path, extra in (
        *(("discounts.by_age", s.extra) for s in discounts.by_age),
        *(("discounts.by_lifetime_value", s.extra) for s in discounts.by_lifetime_value),
        ("authority.agent", policy.authority.agent),
        ("authority.supervisor", policy.authority.supervisor),
        ("good_payer.discount", policy.good_payer.discount),
    ):
        faults += _outside(path, extra, 0, discounts.ceiling)
    return faults


def _installment_faults(policy: Policy) -> list[_Fault]:
    plan = policy.installments
    faults = _outside("installments.max", plan.max, 1, 120)
    faults += _outside("installments.min_amount_centavos", plan.min_amount_centavos, 1, 10**9)
    faults += _outside("installments.down_payment", plan.down_payment, 0, Decimal("0.5"))
    faults += _outside("installments.first_due_within_days", plan.first_due_within_days, 7, 60)
    faults += _outside("installments.hardship.max", plan.hardship.max, 1, 120)
    faults += _outside("installments.hardship.min_amount_centavos", plan.hardship.min_amount_centavos, 1, 10**9)
    for key in ("max_by_profile", "default_by_profile"):
        for profile, number in getattr(plan, key).items():
            faults += _outside(f"installments.{key}.{profile}", number, 1, plan.max)
    for profile in ProfileKind:
        if profile not in plan.default_by_profile:
            faults.append({"path": f"installments.default_by_profile.{profile}", "rule": None, "code": "missing"})
    if not plan.due_days:
        faults.append({"path": "installments.due_days", "rule": None, "code": "missing"})
    for day in plan.due_days:
        faults += _outside("installments.due_days", day, 1, 31)
    return faults


def _other_faults(policy: Policy) -> list[_Fault]:
    faults = _above("offer.expires_hours", policy.offer.expires_hours, OFFER_HOURS)
    faults += _outside("offer.expires_hours", policy.offer.expires_hours, 1, 24)
    faults += _outside("offer.cash_due_within_days", policy.offer.cash_due_within_days, 1, 30)
    faults += _outside("agreement.grace_days", policy.agreement.grace_days, 0, 60)
    return faults + _outside("good_payer.days_before", policy.good_payer.days_before, 0, 60)
