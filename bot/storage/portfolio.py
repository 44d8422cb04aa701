"""Reading debtors, debts, offers and agreements back as domain values."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from pydantic import TypeAdapter
from sqlalchemy import Row, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.agreements import Agreement, AgreementInstallment
from bot.domain.conversations import Debtor
from bot.domain.debts import Debt, DebtInstallment, DebtState, StateReason
from bot.domain.money import Money
from bot.domain.offers import Offer, OfferKind
from bot.storage.tables import (
    agreement_debts,
    agreement_installments,
    agreements,
    contacts,
    debt_installments,
    debtors,
    debts,
    offers,
    relationships,
)

OFFER = TypeAdapter(Offer)


async def debtors_at(connection: AsyncConnection, channel_addresses: Sequence[tuple[str, str]]) -> list[Debtor]:
    """Whose contact any of these addresses is, unless somebody said there that it is not theirs; by document."""
    query = (
        select(debtors)
        .join(contacts, contacts.c.debtor_id == debtors.c.id)
        .where(tuple_(contacts.c.channel, contacts.c.address).in_(list(channel_addresses)))
        .where(contacts.c.state != "wrong_person")
        .distinct()
        .order_by(debtors.c.document)
    )
    return [debtor_from(row) for row in await connection.execute(query)]


async def debtor_by_id(connection: AsyncConnection, debtor_id: UUID) -> Debtor | None:
    row = (await connection.execute(select(debtors).where(debtors.c.id == debtor_id))).one_or_none()
    return None if row is None else debtor_from(row)


async def debts_of(connection: AsyncConnection, debtor_id: UUID) -> tuple[Debt, ...]:
    """All debts of a debtor with their instalments, the oldest contract number first."""
    rows = (
        await connection.execute(select(debts).where(debts.c.debtor_id == debtor_id).order_by(debts.c.contract))
    ).all()
    if not rows:
        return ()
    by_debt: dict[UUID, list[DebtInstallment]] = defaultdict(list)
    query = (
        select(debt_installments)
        .where(debt_installments.c.debt_id.in_([row.id for row in rows]))
        .order_by(debt_installments.c.number)
    )
    for row in await connection.execute(query):
        by_debt[row.debt_id].append(
            DebtInstallment(
                number=row.number,
                due_on=row.due_on,
                amount=Money(row.amount_centavos),
                paid_on=row.paid_on,
                paid=Money(row.paid_centavos),
                boleto_line=row.boleto_line,
            )
        )
    return tuple(
        Debt(
            id=row.id,
            creditor=row.creditor,
            contract=row.contract,
            product=row.product,
            description=row.description,
            state=DebtState(row.state),
            installments=tuple(by_debt[row.id]),
            state_reason=StateReason(row.state_reason) if row.state_reason else None,
            state_until=row.state_until,
        )
        for row in rows
    )


async def lifetime_values_of(connection: AsyncConnection, debtor_id: UUID) -> dict[str, Money]:
    """What the debtor has bought over the years, by creditor."""
    query = select(relationships.c.creditor, relationships.c.lifetime_value_centavos).where(
        relationships.c.debtor_id == debtor_id, relationships.c.lifetime_value_centavos.is_not(None)
    )
    return {row.creditor: Money(row.lifetime_value_centavos) for row in await connection.execute(query)}


async def agreements_of(connection: AsyncConnection, debtor_id: UUID) -> tuple[Agreement, ...]:
    """All agreements of a debtor, the newest last."""
    query = (
        select(agreements, offers.c.terms["kind"].astext.label("kind"))
        .join(offers, offers.c.id == agreements.c.offer_id)
        .where(agreements.c.debtor_id == debtor_id)
        .order_by(agreements.c.accepted_at)
    )
    rows = (await connection.execute(query)).all()
    ids = [row.id for row in rows]
    if not ids:
        return ()
    covered: dict[UUID, list[UUID]] = defaultdict(list)
    for row in await connection.execute(select(agreement_debts).where(agreement_debts.c.agreement_id.in_(ids))):
        covered[row.agreement_id].append(row.debt_id)
    schedule: dict[UUID, list[AgreementInstallment]] = defaultdict(list)
    query = (
        select(agreement_installments)
        .where(agreement_installments.c.agreement_id.in_(ids))
        .order_by(agreement_installments.c.number)
    )
    for row in await connection.execute(query):
        schedule[row.agreement_id].append(
            AgreementInstallment(
                row.number, row.due_on, Money(row.amount_centavos), row.paid_on, Money(row.paid_centavos)
            )
        )
    return tuple(
        Agreement(
            id=row.id,
            offer_id=row.offer_id,
            debts=tuple(covered[row.id]),
            kind=OfferKind(row.kind),
            total=Money(row.total_centavos),
            policy_version=row.policy_version,
            installments=tuple(schedule[row.id]),
            accepted_at=row.accepted_at,
            cancelled_at=row.cancelled_at,
        )
        for row in rows
    )


async def offers_of(connection: AsyncConnection, conversation_id: UUID) -> tuple[Offer, ...]:
    """Every offer shown in a conversation, the newest last."""
    query = select(offers.c.terms).where(offers.c.conversation_id == conversation_id).order_by(offers.c.shown_at)
    return tuple(OFFER.validate_python(terms) for terms in (await connection.execute(query)).scalars())


def offer_json(offer: Offer) -> dict[str, Any]:
    """The whole offer as JSON-like values; `OFFER.validate_python` reads it back."""
    values: dict[str, Any] = OFFER.dump_python(offer, mode="json")
    return values


def debtor_from(row: Row[Any]) -> Debtor:
    return Debtor(id=row.id, document=row.document, name=row.name, birth_date=row.birth_date, uf=row.state)
