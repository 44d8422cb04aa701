"""Cases for the tests of topics: a debtor of the sample creditor, spoken to on a Monday at noon in São Paulo."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from bot.domain.agreements import Agreement, AgreementInstallment
from bot.domain.cases import Case, Turn
from bot.domain.conversations import Asked, Conversation, Debtor
from bot.domain.debts import Debt, DebtInstallment, DebtState
from bot.domain.messages import ChannelKind, ConversationState
from bot.domain.money import Money, total
from bot.domain.offers import OfferKind
from bot.domain.policy import Policy
from bot.domain.policy_files import parse_policy

NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)  # Monday, 12:00 in São Paulo
TODAY = date(2026, 11, 23)
ZONE = ZoneInfo("America/Sao_Paulo")
DEBTOR_ID = UUID(int=1)
_SAMPLE = Path(__file__).parents[1] / "policies" / "exemplo.toml"


@cache
def a_policy(**creditor: Any) -> Policy:
    """The sample creditor's policy; keywords change the creditor."""
    policy = parse_policy(_SAMPLE.read_text(encoding="utf-8"), source=_SAMPLE.name)
    return replace(policy, creditor=replace(policy.creditor, **creditor)) if creditor else policy


def a_debtor(**changes: Any) -> Debtor:
    return replace(Debtor(DEBTOR_ID, "52998224725", "MARIA DA SILVA", date(1985, 4, 3), "SP"), **changes)


def an_installment(number: int = 1, *, days: int = 30, centavos: int = 1_000_00, **changes: Any) -> DebtInstallment:
    """Of a debt, open; `days` past due today, negative: still to come."""
    return replace(DebtInstallment(number, TODAY - timedelta(days=days), Money(centavos)), **changes)


def a_debt(number: int = 1, *installments: DebtInstallment, **changes: Any) -> Debt:
    """R$ 1.000,00 that fell due 30 days ago."""
    debt = Debt(
        id=UUID(int=100 + number),
        creditor="exemplo",
        contract=f"C-{number}",
        product="Carnê",
        description="sofá de três lugares",
        state=DebtState.OPEN,
        installments=installments or (an_installment(),),
    )
    return replace(debt, **changes)


def an_agreement(
    *amounts: int, debts: tuple[Debt, ...] | None = None, first_due: date = TODAY, **changes: Any
) -> Agreement:
    """Monthly installments (in centavos) for the debts, agreed today; one amount is a payment at once."""
    amounts = amounts or (300_00, 300_00, 300_00)
    installments = tuple(
        AgreementInstallment(n, first_due + timedelta(days=30 * (n - 1)), Money(a))
        for n, a in enumerate(amounts, start=1)
    )
    agreement = Agreement(
        id=UUID(int=200),
        offer_id=UUID(int=201),
        debts=tuple(d.id for d in debts or (a_debt(),)),
        kind=OfferKind.PLAN if len(amounts) > 1 else OfferKind.CASH,
        total=total([i.amount for i in installments]),
        policy_version="exemplo-2026-11-22",
        installments=installments,
        accepted_at=NOW,
    )
    return replace(agreement, **changes)


def a_conversation(**changes: Any) -> Conversation:
    """On WhatsApp, with the debtor confirmed five minutes ago."""
    conversation = Conversation(
        id=UUID(int=300),
        channel=ChannelKind.WHATSAPP,
        address="+5511988887777",
        reply_address="whatsapp:+5511988887777",
        state=ConversationState.BOT,
        created_at=NOW - timedelta(minutes=10),
        tracker=UUID(int=301),
        debtor_id=DEBTOR_ID,
        phone="+5511988887777",
        identified_at=NOW - timedelta(minutes=5),
        identified_by="phone+birth_date",
    )
    return replace(conversation, **changes)


def a_case(
    *,
    identified: bool = True,
    asked: Asked | None = None,
    memory: Mapping[str, object] | None = None,
    now: datetime = NOW,
    **changes: Any,
) -> Case:
    """One open debt of the sample creditor. Keywords change fields of the case; `conversation` wins over the others."""
    conversation = a_conversation(asked=asked or Asked(), memory=memory or {})
    if not identified:
        conversation = replace(conversation, identified_at=None, identified_by=None)
    debtor = a_debtor()
    case = Case(
        conversation=conversation,
        candidates=(debtor,),
        debtor=debtor,
        debts=(a_debt(),),
        lifetime_values={},
        agreements=(),
        offers=(),
        policies={"exemplo": a_policy()},
        now=now,
        local=now.astimezone(ZONE),
    )
    return replace(case, **changes)


def a_turn(intent: str = "", **changes: Any) -> Turn:
    return replace(Turn(message_id=UUID(int=400), intent=intent), **changes)
