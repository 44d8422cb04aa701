"""What an answer changes, written in the transaction that stores the answer."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.agreements import agree
from bot.domain.cases import (
    Agreed,
    Answer,
    Cancelled,
    Case,
    Closed,
    CodeAsked,
    Disputed,
    DutyOpened,
    Effect,
    HandedOver,
    Identified,
    IdentityFailed,
    OfferShown,
    Suspended,
    Turn,
)
from bot.domain.debts import DebtState
from bot.domain.errors import Conflict, OfferExpired
from bot.domain.legal import Blocked
from bot.domain.messages import ChannelKind, ConversationState
from bot.domain.offers import Offer
from bot.storage.agreement_record import record_of
from bot.storage.codes import SqlCodes
from bot.storage.conversations import SqlConversations
from bot.storage.portfolio import offer_json
from bot.storage.tables import (
    agreement_debts,
    agreement_installments,
    agreements,
    contacts,
    debts,
    duties,
    identity_attempts,
    offers,
)


class Effects:
    """Applies the effects of one answer, in their order."""

    def __init__(self, connection: AsyncConnection, case: Case, turn: Turn, now: datetime) -> None:
        self._connection = connection
        self._conversations = SqlConversations(connection)
        self._case = case
        self._turn = turn
        self._now = now

    async def apply(self, answer: Answer) -> None:
        conversation = self._case.conversation
        changes: dict[str, object] = {"memory": {**conversation.memory, **answer.memory}}
        if answer.asked is not None:
            changes["asked"] = answer.asked
        await self._conversations.change(conversation.id, **changes)
        for effect in answer.effects:
            await self._apply(effect)

    async def _apply(self, effect: Effect) -> None:
        conversation = self._case.conversation
        match effect:
            case Identified(debtor_id, by):
                await self._identified(debtor_id, by)
            case IdentityFailed(debtor_id):
                await self._attempt(debtor_id, succeeded=False)
                if self._case.code is not None:
                    await SqlCodes(self._connection).count_try(conversation.id)
            case CodeAsked(code_id, document):
                await SqlCodes(self._connection).ask(conversation.id, document, code_id=code_id, now=self._now)
            case HandedOver(reason) if conversation.state is not ConversationState.CLOSED:
                await self._conversations.change(
                    conversation.id,
                    state=ConversationState.WAITING,
                    waiting_since=self._now,
                    waiting_reason=reason,
                )
            case Closed(reason, contact_state):
                await self._closed(reason, contact_state)
            case OfferShown(offer):
                await self._insert_offer(offer)
            case Agreed():
                await self._agreed(effect)
            case Suspended(debt_ids, reason, until):
                await self._set_debts(debt_ids, DebtState.SUSPENDED, state_reason=reason, state_until=until)
            case Disputed(debt_ids):
                await self._set_debts(debt_ids, DebtState.DISPUTED, state_reason=None, state_until=None)
            case DutyOpened(kind, due_on, detail):
                await self._connection.execute(
                    insert(duties).values(
                        kind=kind,
                        debtor_id=self._case.debtor.id if self._case.debtor else None,
                        conversation_id=conversation.id,
                        message_id=self._turn.message_id,
                        opened_at=self._now,
                        due_on=due_on,
                        detail=dict(detail),
                    )
                )
            case Cancelled(agreement_id, reason):
                await self._cancelled(agreement_id, reason)

    async def _identified(self, debtor_id: UUID, by: str) -> None:
        await self._conversations.change(
            self._case.conversation.id, debtor_id=debtor_id, identified_at=self._now, identified_by=by
        )
        await self._attempt(debtor_id, succeeded=True)

    async def _attempt(self, debtor_id: UUID | None, *, succeeded: bool) -> None:
        await self._connection.execute(
            insert(identity_attempts).values(
                conversation_id=self._case.conversation.id, debtor_id=debtor_id, at=self._now, succeeded=succeeded
            )
        )

    async def _closed(self, reason: str, contact_state: str | None) -> None:
        conversation = self._case.conversation
        await self._conversations.change(conversation.id, state=ConversationState.CLOSED, closed_reason=reason)
        if contact_state is None:
            return
        addresses = [(conversation.channel, conversation.address)]
        if conversation.phone:
            addresses.append((ChannelKind.WHATSAPP, conversation.phone))
        for channel, address in addresses:
            await self._connection.execute(
                update(contacts)
                .where(contacts.c.channel == channel, contacts.c.address == address)
                .values(state=contact_state, changed_at=self._now)
            )

    async def _insert_offer(self, offer: Offer) -> None:
        debtor = self._case.debtor
        creditor = next((d.creditor for d in self._case.debts if d.id in offer.debts), None)
        if debtor is None or creditor is None:
            raise Conflict(offer_id=offer.id, reason="an offer needs a confirmed debtor")
        await self._connection.execute(
            insert(offers).values(
                id=offer.id,
                conversation_id=self._case.conversation.id,
                debtor_id=debtor.id,
                creditor=creditor,
                total_centavos=offer.total.centavos,
                terms=offer_json(offer),
                policy_version=offer.policy_version,
                shown_at=offer.shown_at,
                expires_at=offer.expires_at,
            )
        )

    async def _agreed(self, effect: Agreed) -> None:
        """Agreement, instalments, debts and the formal record; the constraints refuse a second one (R57)."""
        case, offer = self._case, effect.offer
        agreement = agree(offer, agreement_id=effect.agreement_id, accepted_at=self._now)
        creditor = next((d.creditor for d in case.debts if d.id in offer.debts), None)
        if isinstance(agreement, Blocked):
            raise OfferExpired(offer_id=offer.id)
        if case.debtor is None or creditor is None or not case.identified:
            raise Conflict(offer_id=offer.id, reason="an agreement needs a confirmed debtor")
        history = await self._conversations.history(case.conversation.id)
        await self._connection.execute(
            insert(agreements).values(
                id=agreement.id,
                offer_id=offer.id,
                conversation_id=case.conversation.id,
                debtor_id=case.debtor.id,
                creditor=creditor,
                total_centavos=agreement.total.centavos,
                policy_version=agreement.policy_version,
                accepted_at=agreement.accepted_at,
                accepted_by=self._turn.message_id,
                record=record_of(case, agreement, offer, history, accepted_by=self._turn.message_id),
            )
        )
        await self._connection.execute(
            insert(agreement_installments),
            [
                {
                    "agreement_id": agreement.id,
                    "number": i.number,
                    "due_on": i.due_on,
                    "amount_centavos": i.amount.centavos,
                }
                for i in agreement.installments
            ],
        )
        await self._connection.execute(
            insert(agreement_debts), [{"agreement_id": agreement.id, "debt_id": d} for d in agreement.debts]
        )
        await self._set_debts(agreement.debts, DebtState.IN_AGREEMENT, state_reason=None, state_until=None)

    async def _cancelled(self, agreement_id: UUID, reason: str) -> None:
        """The debts are open again, and free for another agreement."""
        await self._connection.execute(
            update(agreements)
            .where(agreements.c.id == agreement_id, agreements.c.cancelled_at.is_(None))
            .values(cancelled_at=self._now, cancelled_reason=reason)
        )
        covered = select(agreement_debts.c.debt_id).where(agreement_debts.c.agreement_id == agreement_id)
        ids = tuple((await self._connection.execute(covered)).scalars())
        await self._connection.execute(
            update(agreement_debts).where(agreement_debts.c.agreement_id == agreement_id).values(active=False)
        )
        await self._connection.execute(
            update(debts)
            .where(debts.c.id.in_(ids), debts.c.state == DebtState.IN_AGREEMENT)  # a dispute of it goes on (R44)
            .values(state=DebtState.OPEN, state_reason=None, state_until=None)
        )

    async def _set_debts(self, debt_ids: tuple[UUID, ...], state: DebtState, **values: object) -> None:
        await self._connection.execute(
            update(debts)
            .where(debts.c.id.in_(debt_ids), debts.c.state != DebtState.SETTLED)
            .values(state=state, **values)
        )
