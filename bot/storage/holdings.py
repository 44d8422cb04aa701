"""A creditor's portfolio, read in batches of debtors by their ids."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.domain.debts import Debt, DebtInstallment, DebtState, StateReason
from bot.domain.money import ZERO, Money
from bot.storage.portfolio import debtor_from
from bot.storage.tables import agreement_installments, agreements, debt_installments, debtors, debts, relationships
from bot.usecases.simulate_policy import Holding

BATCH = 1_000  # debtors


class SqlHoldings:
    """Reads what one transaction sees, however long it takes."""

    def __init__(self, engine: AsyncEngine, *, batch: int = BATCH) -> None:
        self._engine = engine
        self._batch = batch

    async def count(self, creditor: str) -> int:
        """How many debtors of the creditor there are."""
        query = select(func.count(debts.c.debtor_id.distinct())).where(debts.c.creditor == creditor)
        async with self._engine.connect() as connection:
            return int((await connection.execute(query)).scalar_one())

    async def of_creditor(self, creditor: str, *, today: date, grace_days: int) -> AsyncIterator[Sequence[Holding]]:
        after = UUID(int=0)
        async with self._engine.connect() as plain:
            connection = await plain.execution_options(isolation_level="REPEATABLE READ")
            while True:
                query = (
                    select(debtors)
                    .where(debtors.c.id > after)
                    .where(select(1).where(debts.c.debtor_id == debtors.c.id, debts.c.creditor == creditor).exists())
                    .order_by(debtors.c.id)
                    .limit(self._batch)
                )
                rows = (await connection.execute(query)).all()
                if not rows:
                    return
                after = rows[-1].id
                yield await self._holdings(connection, rows, creditor, today - timedelta(days=grace_days))

    async def _holdings(
        self, connection: AsyncConnection, rows: Sequence[Any], creditor: str, broken_before: date
    ) -> list[Holding]:
        ids = [row.id for row in rows]
        found = await _debts(connection, ids, creditor)
        query = select(relationships.c.debtor_id, relationships.c.lifetime_value_centavos).where(
            relationships.c.debtor_id.in_(ids), relationships.c.creditor == creditor
        )
        values = {row.debtor_id: row.lifetime_value_centavos for row in await connection.execute(query)}
        broken = await _broken(connection, ids, creditor, broken_before)
        return [
            Holding(
                debtor_from(row),
                tuple(found[row.id]),
                Money(values[row.id]) if values.get(row.id) is not None else ZERO,
                broken.get(row.id, 0),
            )
            for row in rows
        ]


async def _debts(connection: AsyncConnection, ids: list[UUID], creditor: str) -> dict[UUID, list[Debt]]:
    query = select(debts).where(debts.c.debtor_id.in_(ids), debts.c.creditor == creditor).order_by(debts.c.contract)
    rows = (await connection.execute(query)).all()
    parts: dict[UUID, list[DebtInstallment]] = defaultdict(list)
    columns = debt_installments.c
    query = (
        select(
            columns.debt_id,
            columns.number,
            columns.due_on,
            columns.amount_centavos,
            columns.paid_on,
            columns.paid_centavos,
        )
        .where(columns.debt_id.in_([row.id for row in rows]))
        .order_by(columns.number)
    )
    for debt_id, number, due_on, amount, paid_on, paid in await connection.execute(query):
        parts[debt_id].append(DebtInstallment(number, due_on, Money(amount), paid_on, Money(paid)))
    by_debtor: dict[UUID, list[Debt]] = defaultdict(list)
    for row in rows:
        debt = Debt(
            id=row.id,
            creditor=row.creditor,
            contract=row.contract,
            product=row.product,
            description=row.description,
            state=DebtState(row.state),
            installments=tuple(parts[row.id]),
            state_reason=StateReason(row.state_reason) if row.state_reason else None,
            state_until=row.state_until,
        )
        by_debtor[row.debtor_id].append(debt)
    return by_debtor


async def _broken(connection: AsyncConnection, ids: list[UUID], creditor: str, before: date) -> dict[UUID, int]:
    """Broken agreements by debtor, as `Agreement.status` tells them: an installment is open beyond the grace."""
    query = (
        select(agreements.c.debtor_id, func.count(agreements.c.id.distinct()))
        .join(agreement_installments, agreement_installments.c.agreement_id == agreements.c.id)
        .where(
            agreements.c.debtor_id.in_(ids),
            agreements.c.creditor == creditor,
            agreements.c.cancelled_at.is_(None),
            agreement_installments.c.paid_on.is_(None),
            agreement_installments.c.due_on < before,
        )
        .group_by(agreements.c.debtor_id)
    )
    return {row[0]: int(row[1]) for row in await connection.execute(query)}
