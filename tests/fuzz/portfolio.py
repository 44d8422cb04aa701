"""Random debtors: whose phone it is, what they owe to whom, and under which terms."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from random import Random
from uuid import UUID

from bot.domain.conversations import Debtor
from bot.domain.debts import Debt, DebtInstallment, DebtState, StateReason
from bot.domain.messages import ChannelKind
from bot.domain.money import Money
from bot.domain.policy import Charges, Consequences, Identity, Mode, Policy, Proof
from tests.builders import TODAY, a_policy
from tests.e2e.people import a_cpf

NAMES = ("MARIA DA SILVA", "João Souza", "Ana Lima", "BENTO ALVES", "Zé", "Conceição d'Ávila")
PRODUCTS = ("Carnê", "Cartão da loja", "Sofá de três lugares", "", "Curso técnico de enfermagem, turma da noite")
STATES = ("SP", "RJ", "AM", "AC", "BA", None)


@dataclass(frozen=True, slots=True)
class Start:
    """Where an episode begins."""

    channel: ChannelKind
    candidates: tuple[Debtor, ...]
    debts: dict[UUID, tuple[Debt, ...]]
    lifetime_values: dict[str, Money]
    policies: dict[str, Policy]


@cache
def policies() -> tuple[dict[str, Policy], ...]:
    """The sample creditor, and others that differ where the texts do."""
    usual = a_policy()
    digits = replace(usual, identity=Identity(Proof.DOCUMENT_DIGITS))
    plain = replace(usual, charges=Charges(), installments=replace(usual.installments, monthly_rate=Decimal(0)))
    no_discount = {kind: (Decimal(0),) for kind in usual.discounts.rungs}
    strict = replace(usual, discounts=replace(usual.discounts, rungs=no_discount, by_age=(), by_lifetime_value=()))
    agency = replace(a_policy(mode=Mode.THIRD_PARTY, federally_regulated=True), consequences=Consequences(listing=True))
    other = a_policy(slug="outra", name="Outra Loja")
    return (
        {"exemplo": usual},
        {"exemplo": digits},
        {"exemplo": plain},
        {"exemplo": strict},
        {"exemplo": agency},
        {"exemplo": usual, "outra": other},
    )


def a_start(draw: Random) -> Start:
    """Mostly one person behind a known phone; sometimes two, or nobody."""
    found = draw.choice(policies())
    number = draw.choices((1, 2, 0), (88, 8, 4))[0]
    people = tuple(a_debtor(draw, n) for n in range(number))
    return Start(
        channel=draw.choices((ChannelKind.WHATSAPP, ChannelKind.TELEGRAM), (4, 1))[0],
        candidates=people,
        debts={person.id: some_debts(draw, n, list(found)) for n, person in enumerate(people)},
        lifetime_values={"exemplo": Money(draw.randint(1, 50_000) * 100)} if draw.random() < 0.5 else {},
        policies=found,
    )


def a_debtor(draw: Random, number: int) -> Debtor:
    company = draw.random() < 0.08
    return Debtor(
        id=UUID(int=1 + number),
        document="11222333000181" if company else a_cpf(draw.randrange(1, 10**9)),
        name="Padaria do Zé Ltda." if company else draw.choice(NAMES),
        birth_date=None if company else TODAY - timedelta(days=draw.randint(19 * 365, 80 * 365)),
        uf=draw.choice(STATES),
    )


def some_debts(draw: Random, owner: int, creditors: list[str]) -> tuple[Debt, ...]:
    count = draw.choices((1, 2, 3, 6), (60, 22, 12, 6))[0]
    return tuple(a_debt(draw, UUID(int=1_000 * (owner + 1) + n), n, draw.choice(creditors)) for n in range(count))


def a_debt(draw: Random, debt_id: UUID, number: int, creditor: str) -> Debt:
    installments = tuple(an_installment(draw, n) for n in range(1, draw.choice((1, 1, 2, 4, 10)) + 1))
    late = draw.choices(
        (draw.randint(5, 45), draw.randint(60, 400), draw.randint(400, 1_700), 1_800, -20), (5, 4, 2, 1, 1)
    )
    oldest = TODAY - timedelta(days=late[0])
    debt = Debt(
        id=debt_id,
        creditor=creditor,
        contract=f"EX-{number:04d}",
        product=draw.choice(PRODUCTS),
        description="sofá de três lugares",
        state=DebtState.OPEN,
        installments=tuple(
            replace(i, due_on=oldest + timedelta(days=30 * n), paid_on=_paid(i, oldest, n))
            for n, i in enumerate(installments)
        ),
    )
    match draw.randrange(20):
        case 0:
            return replace(debt, state=DebtState.SETTLED)
        case 1:
            return replace(debt, state=draw.choice((DebtState.DISPUTED, DebtState.PRESCRIBED)))
        case 2:
            reason = draw.choice(tuple(StateReason))
            return replace(
                debt,
                state=DebtState.SUSPENDED,
                state_reason=reason,
                state_until=TODAY + timedelta(days=draw.randint(-5, 20)),
            )
        case _:
            return debt


def an_installment(draw: Random, number: int) -> DebtInstallment:
    amount = Money(
        draw.choice((1, 99, draw.randint(1_000, 5_000), draw.randint(5_000, 90_000), draw.randint(1, 10**8)))
    )
    paid = draw.choices((Money(0), amount.times(Decimal("0.3")), amount), (8, 1, 1))[0]
    boleto = "23793381286000000000300000000401184340000012345" if draw.random() < 0.2 else None
    return DebtInstallment(number, TODAY, amount, None, paid, boleto)


def _paid(installment: DebtInstallment, oldest: date, number: int) -> date | None:
    return min(TODAY, oldest + timedelta(days=30 * number)) if installment.paid >= installment.amount else None
