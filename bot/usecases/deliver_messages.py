"""The only door out, for the assistant, for agents, for schedules: what is stored goes to the channel, in order."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from uuid import UUID

import structlog

from bot.domain.contact_rules import Allowed, Blocked, may_contact
from bot.domain.conversations import Conversation, Message
from bot.domain.door import Refused, may_leave
from bot.domain.errors import Rejected, TemporarilyUnavailable, Unreachable
from bot.domain.messages import ChannelKind, OutboundMessage, Sent, Status
from bot.domain.policy import Policy, whatsapp_is_locked
from bot.ports import Channel, Clock, Transactions, UnitOfWork

log = structlog.get_logger()

FIRST_PAUSE = timedelta(seconds=1)
LONGEST_PAUSE = timedelta(minutes=10)
GIVE_UP_AFTER = timedelta(hours=24)  # later, an answer would confuse more than it helps


class DeliverMessages:
    """Hand the unsent messages of a conversation to its channel, oldest first; stop at the first that must wait.

    What answers the person may leave at any hour (R17). What starts or follows up is asked through `may_contact` first:
    refused with its rule, or put off to the hour from which it is allowed; answers never wait behind it.
    """

    def __init__(
        self,
        transactions: Transactions,
        channels: Mapping[ChannelKind, Channel],
        clock: Clock,
        *,
        policies: Mapping[str, Policy] | None = None,
    ) -> None:
        """`policies`: by creditor; an agency's WhatsApp stays locked without its approval, for answers too (R60)."""
        self._policies = policies or {}
        self._transactions = transactions
        self._channels = channels
        self._clock = clock

    async def __call__(self, conversation_id: UUID) -> timedelta | None:
        """Returns after which pause it should be called again, None where all is said."""
        while True:
            now = self._clock.now()
            async with self._transactions() as work:
                conversation = await work.conversations.get(conversation_id)
                unsent = await work.conversations.unsent(conversation_id)
                message = next((m for m in unsent if not _is_put_off(m, now)), None)
                if message is None:
                    # What is put off is left to the sweep: a job that waited for its hour would hold the lock of the
                    # conversation's deliveries, and every answer with it.
                    return None
                if message.next_try_at is not None and message.next_try_at > now:
                    return message.next_try_at - now
                if self._is_locked(conversation):
                    await self._refuse(work, message, "R60", "whatsapp_locked")
                    continue
                if isinstance(refusal := may_leave(message, await work.cases.sayable(conversation_id)), Refused):
                    await self._refuse(work, message, refusal.rule, refusal.why)
                    continue
                if not message.in_reply_to and not await self._may_start(work, conversation, message):
                    await work.commit()
                    continue
                retried = message.first_tried_at is not None
                known = await work.conversations.sent_ids(conversation) if retried else frozenset[str]()
                await work.conversations.mark_sending(message.id, now=now)
                await work.commit()
            pause = await self._send(conversation, message, known)
            if pause is not None:
                return pause

    async def _refuse(self, work: UnitOfWork, message: Message, rule: str, why: str) -> None:
        log.error("refused", conversation_id=str(message.conversation_id), rule=rule, why=why)
        await work.conversations.mark_unsent(message.id, Status.REFUSED, rule=rule, error={"why": why})
        await work.commit()

    def _is_locked(self, conversation: Conversation) -> bool:
        """R60, from what is at hand: an answer costs no query."""
        if conversation.channel is not ChannelKind.WHATSAPP:
            return False
        theirs = self._policies.get(conversation.creditor or "")
        return whatsapp_is_locked([theirs] if theirs else list(self._policies.values()))

    async def _may_start(self, work: UnitOfWork, conversation: Conversation, message: Message) -> bool:
        """Ask for permission to write first; without it, store the refusal, or the hour from which it is allowed."""
        if message.first_tried_at is not None:
            return True  # it had the permission, and may have arrived
        facts = await work.contact_facts.of_message(conversation, message)
        verdict = may_contact(facts, at=self._clock.now())
        if isinstance(verdict, Blocked):
            later = verdict.allowed_from
            log.info(
                "contact_refused" if later is None else "contact_put_off",
                conversation_id=str(conversation.id),
                rule=verdict.rule,
                why=verdict.reason,
            )
            await work.conversations.mark_unsent(
                message.id,
                Status.REFUSED if later is None else Status.PENDING,
                rule=verdict.rule if later is None else None,
                error={"rule": verdict.rule, "why": verdict.reason},
                next_try_at=later,
            )
        return isinstance(verdict, Allowed)

    async def _send(self, conversation: Conversation, message: Message, known: Collection[str]) -> timedelta | None:
        outbound = OutboundMessage(
            id=message.id,
            channel=conversation.channel,
            reply_address=conversation.reply_address,
            text=message.text,
            options=message.options,
            ask_contact=_asks_contact(message),
            first_tried_at=message.first_tried_at,
        )
        channel = self._channels.get(conversation.channel)
        try:
            if channel is None:
                raise TemporarilyUnavailable(channel=conversation.channel, reason="channel is off")
            sent = await self._send_once(channel, outbound, known)
        except TemporarilyUnavailable as error:
            return await self._later(message, error)
        except (Unreachable, Rejected) as error:
            await self._failed(conversation, message, error)
            return None
        async with self._transactions() as work:
            await work.conversations.mark_sent(message.id, provider_id=sent.provider_id, text=sent.text)
            await work.commit()
        return None

    async def _send_once(self, channel: Channel, message: OutboundMessage, known: Collection[str]) -> Sent:
        """After an attempt that failed, or whose end we don't know, ask the provider first what it has."""
        if message.first_tried_at is not None:
            found = await channel.find_sent(message, known=known)
            if found is not None:
                return found
        return await channel.send(message)

    async def _later(self, message: Message, error: TemporarilyUnavailable) -> timedelta | None:
        now = self._clock.now()
        pause = error.retry_after or min(FIRST_PAUSE * 2 ** min(message.attempts, 12), LONGEST_PAUSE)
        since = message.at if message.in_reply_to else message.first_tried_at or now
        too_old = now - since > GIVE_UP_AFTER
        async with self._transactions() as work:
            await work.conversations.mark_unsent(
                message.id,
                Status.FAILED if too_old else Status.PENDING,
                error={"code": error.code, **_plain(error.facts)},
                next_try_at=None if too_old else now + pause,
            )
            await work.commit()
        log.warning("delivery_postponed", message_id=str(message.id), seconds=pause.total_seconds())
        return timedelta(0) if too_old else pause

    async def _failed(self, conversation: Conversation, message: Message, error: Unreachable | Rejected) -> None:
        async with self._transactions() as work:
            await work.conversations.mark_unsent(
                message.id, Status.FAILED, error={"code": error.code, **_plain(error.facts)}
            )
            if isinstance(error, Unreachable):
                await work.conversations.mark_contact(
                    conversation.channel, conversation.address, "unreachable", now=self._clock.now()
                )
            await work.commit()
        log.error("delivery_failed", message_id=str(message.id), code=error.code)


def _is_put_off(message: Message, now: datetime) -> bool:
    """A message that starts, before its hour."""
    return not message.in_reply_to and message.next_try_at is not None and message.next_try_at > now


def _asks_contact(message: Message) -> bool:
    facts = message.source.get("facts")
    return isinstance(facts, Mapping) and bool(facts.get("ask_contact"))


def _plain(facts: Mapping[str, object]) -> dict[str, object]:
    return {k: v if isinstance(v, str | int | float | bool | None) else str(v) for k, v in facts.items()}
