"""Short ways to debts, policies and cases for the tests of the domain; amounts in centavos."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from uuid import UUID

from bot.domain.debts import Debt, DebtInstallment, DebtState, StateReason
from bot.domain.money import Money
from bot.domain.offers import Case
from bot.domain.policy import Policy
from bot.domain.policy_files import parse_policy
from bot.domain.profiles import ProfileKind

TODAY = date(2026, 11, 23)  # a Monday
NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
OFFER_ID = UUID(int=7)
EXEMPLO = (Path(__file__).parents[3] / "policies" / "exemplo.toml").read_text(encoding="utf-8")


def a_debt(
    *installments: DebtInstallment,
    number: int = 1,
    state: DebtState = DebtState.OPEN,
    reason: StateReason | None = None,
    until: date | None = None,
) -> Debt:
    return Debt(
        id=UUID(int=number),
        creditor="exemplo",
        contract=f"C{number}",
        product="carnê",
        description="sofá",
        state=state,
        installments=installments or (overdue(100_000, days=30),),
        state_reason=reason,
        state_until=until,
    )


def overdue(centavos: int, *, days: int, number: int = 1) -> DebtInstallment:
    """Open; `days` past due today, negative: still to come."""
    return DebtInstallment(number, TODAY - timedelta(days=days), Money(centavos))


def paid(centavos: int, *, late: int, number: int = 1, ago: int = 100) -> DebtInstallment:
    """Paid `late` days after its due date, which was `ago` days ago."""
    due = TODAY - timedelta(days=ago)
    return DebtInstallment(number, due, Money(centavos), due + timedelta(days=late), Money(centavos))


def a_policy(*changes: tuple[str, str]) -> Policy:
    """The sample creditor's policy with some lines replaced."""
    text = EXEMPLO
    for old, new in changes:
        assert old in text, f"{old!r} is not in the sample policy"
        text = text.replace(old, new, 1)
    return parse_policy(text, source="exemplo.toml")


def a_case(*debts: Debt, policy: Policy | None = None, profile: ProfileKind = ProfileKind.NEGLIGENT) -> Case:
    return Case(debts=debts or (a_debt(),), policy=policy or a_policy(), profile=profile)


def fraction(text: str) -> Decimal:
    return Decimal(text)
