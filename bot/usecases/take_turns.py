"""Answer what a debtor wrote: one turn after another, oldest first, each exactly once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from bot.domain.consent import is_unequivocal_yes
from bot.domain.conversations import Conversation, Draft, Message, Question
from bot.domain.dialogue import DialogueAnswer, DialogueReply, DialogueTurn
from bot.domain.errors import DialogueUnavailable, NotFound
from bot.domain.gathering import more_may_follow, together
from bot.domain.messages import Author, ConversationState, InboundKind, Option, Status
from bot.domain.stop_words import is_stop_word
from bot.ports import Clock, Dialogue, Texts, Transactions, UnitOfWork

LONGEST_MESSAGE = 1600  # characters that every channel takes; a longer answer becomes several messages
LONGEST_TEXT = 2000  # characters that go to the understanding; the whole text stays in the store
TRACKER_TURNS = 40  # a longer tracker makes every turn slower (rasa-notes.md); then a fresh one goes on
SILENT_KINDS = (InboundKind.AUDIO, InboundKind.VIDEO, InboundKind.STICKER, InboundKind.LOCATION, InboundKind.OTHER)
FILE_KINDS = (InboundKind.IMAGE, InboundKind.DOCUMENT)
LONGEST_LISTENING = timedelta(minutes=2)  # then a voice note is answered without its words
WAITING_NOTE_AGAIN = timedelta(hours=12)
WITH_PEOPLE = (ConversationState.WAITING, ConversationState.AGENT)
ON_ITS_WAY = (Status.SENDING, Status.SENT, Status.DELIVERED, Status.READ)
STOP = "/opt_out"
YES = "/affirm"


@dataclass(frozen=True, slots=True)
class _Reading:
    """What goes to the dialogue for one message: a text, or a payload of ours; or an answer without it."""

    text: str | None = None
    payload: str | None = None
    button: bool = False
    stale: bool = False
    own_text: str | None = None


class TakeTurns:
    """The worker's main use case; whoever calls it delivers what it stored.

    Safe to run again at any point: nothing is answered twice.
    """

    def __init__(
        self,
        transactions: Transactions,
        dialogue: Dialogue,
        texts: Texts,
        clock: Clock,
        *,
        timezone: ZoneInfo,
        match_option: Callable[[str, Sequence[Option]], int | None],
        split: Callable[[str, int], list[str]],
        gather: timedelta = timedelta(0),
        hears: bool = False,
    ) -> None:
        """`hears`: voice notes are being written down, so their turns wait for the words."""
        self._transactions = transactions
        self._dialogue = dialogue
        self._texts = texts
        self._clock = clock
        self._timezone = timezone
        self._match_option = match_option
        self._split = split
        self._gather = gather
        self._hears = hears

    async def __call__(self, conversation_id: UUID) -> None:
        """Take all turns that wait.

        Raises:
            DialogueUnavailable: the oldest one could not be taken; call again later.
        """
        while True:
            async with self._transactions() as work:
                conversation = await work.conversations.get(conversation_id)
                waiting = await work.conversations.unanswered(conversation_id)
                if not waiting:
                    return
                if (stopped := await self._up_to_a_stop(work, conversation, waiting)) is not None:
                    waiting = stopped
                acted_on = await work.cases.acted_on([m.id for m in waiting])
                batch = stopped or together(waiting, pause=self._gather, acted_on=acted_on)
                begun = batch[-1].id in acted_on
                last = len(batch) == len(waiting)
                if last and not begun and more_may_follow(batch, now=self._clock.now(), pause=self._gather):
                    return  # the newest message has a job of its own
                if conversation.state in WITH_PEOPLE and stopped is None and not begun:
                    await self._leave_to_a_person(work, conversation, waiting)
                    await work.commit()
                    return
                if self._still_listening(batch[-1]):
                    return  # the job that listens starts the turn
                reading = await self._read(work, conversation, batch)
                await work.commit()
            await self._take(conversation, batch, reading)

    async def count_failure(self, conversation_id: UUID) -> int:
        """How often the oldest waiting message has failed by now, this time included."""
        async with self._transactions() as work:
            waiting = await work.conversations.unanswered(conversation_id)
            failures = await work.conversations.count_attempt(waiting[0].id) if waiting else 0
            await work.commit()
        return failures

    async def give_up(self, conversation_id: UUID) -> None:
        """The oldest waiting message can't be answered by the assistant: say so kindly, and let a person go on."""
        now = self._clock.now()
        async with self._transactions() as work:
            waiting = await work.conversations.unanswered(conversation_id)
            if not waiting:
                return
            batch = [waiting[0]]
            drafts = [_draft(batch, 0, DialogueReply(self._texts("assistant_failed")), Author.SYSTEM)]
            await work.conversations.add_outbound(conversation_id, drafts, now=now)
            await work.conversations.mark_answered([m.id for m in batch], understanding={"failed": True})
            conversation = await work.conversations.get(conversation_id, lock=True)
            if conversation.state is ConversationState.BOT:
                await work.conversations.change(
                    conversation_id,
                    state=ConversationState.WAITING,
                    waiting_since=now,
                    waiting_reason="assistant_failed",
                )
            await work.commit()

    async def _up_to_a_stop(
        self, work: UnitOfWork, conversation: Conversation, waiting: list[Message]
    ) -> list[Message] | None:
        """Where a person answers: what waits up to a wish to stop, which nobody has to read first (R21)."""
        if conversation.state not in WITH_PEOPLE:
            return None
        for number, message in enumerate(waiting, start=1):
            pressed = message.kind is InboundKind.BUTTON and (
                (await self._read_button(work, conversation, message)).payload == STOP
            )
            if pressed or is_stop_word(message.words):
                return waiting[:number]
        return None

    def _still_listening(self, message: Message) -> bool:
        listens = self._hears and message.kind is InboundKind.AUDIO and message.transcription is None
        return listens and bool(message.media) and self._clock.now() - message.at < LONGEST_LISTENING

    async def _read(self, work: UnitOfWork, conversation: Conversation, batch: list[Message]) -> _Reading:
        message = batch[-1]
        text = "\n".join(m.words for m in batch if m.words)
        if is_stop_word(message.words):
            return _Reading(payload=STOP)
        match message.kind:
            case InboundKind.TEXT:
                return await self._read_text(work, conversation, text, message)
            case InboundKind.BUTTON:
                return await self._read_button(work, conversation, message)
            case InboundKind.START:
                if message.payload:
                    await work.cases.use_deep_link(message.payload, conversation=conversation, now=self._clock.now())
                return _Reading(payload="/greet")
            case InboundKind.CONTACT:
                if message.payload is None:
                    return _Reading(own_text=self._texts("contact_not_yours"))
                await work.cases.attach_phone(conversation, message.payload, now=self._clock.now())
                return _Reading(payload="/greet")
            case kind if kind in FILE_KINDS:
                return _Reading(payload="/report_payment", button=True)
            case InboundKind.AUDIO if message.transcription:
                return await self._read_text(work, conversation, text, message)
            case InboundKind.AUDIO if self._hears:
                return _Reading(own_text=self._texts("unheard_audio"))
            case kind:
                return _Reading(own_text=self._texts(f"unsupported_{kind}"))

    async def _read_text(self, work: UnitOfWork, conversation: Conversation, text: str, message: Message) -> _Reading:
        """A pick and a strict yes count for what the person had before them when they wrote (R58)."""
        if not text.strip():
            return _Reading(own_text=self._texts("unsupported_other"))
        offered = await work.conversations.last_with_options(conversation.id)
        if offered is not None and (offered.seq > message.seq or offered.status not in ON_ITS_WAY):
            offered = None
        if conversation.asked.what is Question.ACCEPT and is_unequivocal_yes(text):
            asked_here = offered is not None and any(o.payload == YES for o in offered.options)
            return _Reading(payload=YES, stale=not asked_here)
        if offered is not None:
            index = self._match_option(text, offered.options)
            if index is not None:
                return _Reading(payload=offered.options[index].payload, button=True)
        return _Reading(text=text[:LONGEST_TEXT])

    async def _read_button(self, work: UnitOfWork, conversation: Conversation, message: Message) -> _Reading:
        key, _, number = (message.payload or "").rpartition(":")
        try:
            pressed = await work.conversations.message(UUID(key)) if _is_uuid(key) else None
        except NotFound:
            pressed = None
        if pressed is None or pressed.conversation_id != conversation.id:
            return _Reading(own_text=self._texts("button_unknown"))
        if not (number.isdigit() and 1 <= int(number) <= len(pressed.options)):
            return _Reading(own_text=self._texts("button_unknown"))
        latest = await work.conversations.last_with_options(conversation.id)
        return _Reading(
            payload=pressed.options[int(number) - 1].payload,
            button=True,
            stale=latest is None or latest.id != pressed.id,
        )

    async def _leave_to_a_person(self, work: UnitOfWork, conversation: Conversation, waiting: list[Message]) -> None:
        """A person answers; while nobody has taken over, one note says so, not more than twice a day."""
        if conversation.state is ConversationState.AGENT:
            return
        noted = conversation.memory.get("waiting_note_at")
        now = self._clock.now()
        if isinstance(noted, str) and now - datetime.fromisoformat(noted) < WAITING_NOTE_AGAIN:
            return
        await work.conversations.change(
            conversation.id, memory={**conversation.memory, "waiting_note_at": now.isoformat()}
        )
        note = Draft(
            id=uuid5(waiting[-1].id, f"waiting-note-{now.isoformat()}"),  # the answer itself is still to come
            author=Author.SYSTEM,
            text=self._texts("waiting_note"),
            in_reply_to=(waiting[-1].id,),
        )
        await work.conversations.add_outbound(conversation.id, [note], now=now)

    async def _take(self, conversation: Conversation, batch: list[Message], reading: _Reading) -> None:
        if reading.own_text is not None:
            answer = DialogueAnswer((DialogueReply(reading.own_text),))
            status = Status.UNSUPPORTED if batch[-1].kind in SILENT_KINDS else Status.ANSWERED
        else:
            answer = await self._dialogue.ask(self._turn(conversation, batch, reading))
            status = Status.ANSWERED
            if not any(reply.text.strip() for reply in answer.replies):
                raise DialogueUnavailable(reached=True, reason="empty answer")
        now = self._clock.now()
        async with self._transactions() as work:
            current = await work.conversations.get(conversation.id, lock=True)
            still = {m.id for m in await work.conversations.unanswered(conversation.id)}
            if batch[-1].id not in still:
                return  # another run was quicker
            replies = [piece for reply in answer.replies for piece in self._pieces(reply)]
            drafts = [_draft(batch, n, reply, Author.ASSISTANT) for n, reply in enumerate(replies)]
            await work.conversations.add_outbound(conversation.id, drafts, now=now)
            await work.conversations.mark_answered(
                [m.id for m in batch], status=status, understanding=answer.understanding
            )
            if current.tracker_turns + 1 >= TRACKER_TURNS:
                await work.conversations.change(
                    conversation.id, tracker=uuid5(current.tracker, "next"), tracker_turns=0
                )
            else:
                await work.conversations.change(conversation.id, tracker_turns=current.tracker_turns + 1)
            await work.commit()

    def _pieces(self, reply: DialogueReply) -> list[DialogueReply]:
        """As many messages as its text needs; what may be picked stands below the last one."""
        room = LONGEST_MESSAGE - sum(len(option.title) + len("\n1. ") for option in reply.options) - len("\n")
        if len(reply.text) <= room:
            return [reply]
        *before, last = self._split(reply.text, room)
        return [*(replace(reply, text=text, options=()) for text in before), replace(reply, text=last)]

    def _turn(self, conversation: Conversation, batch: list[Message], reading: _Reading) -> DialogueTurn:
        local = batch[-1].at.astimezone(self._timezone)
        options = conversation.asked.facts.get("count", 0)
        return DialogueTurn(
            tracker=conversation.tracker,
            message_id=batch[-1].id,
            text=reading.text,
            payload=reading.payload,
            metadata={
                "asked": str(conversation.asked.what),
                "options": options,
                "now": local.isoformat(),
                "button": reading.button,
                "stale": reading.stale,
                "text": "\n".join(m.words for m in batch)[:LONGEST_TEXT],
                "kind": str(batch[-1].kind),
                "conversation_id": str(conversation.id),
            },
        )


def _draft(batch: list[Message], number: int, reply: DialogueReply, author: Author) -> Draft:
    """The id follows from the message that is answered, so that taking a turn again can't store two answers."""
    return Draft(
        id=uuid5(batch[-1].id, f"reply-{number}"),
        author=author,
        text=reply.text,
        options=reply.options,
        source={"response": reply.response, "facts": dict(reply.facts)} if reply.response else {},
        in_reply_to=tuple(m.id for m in batch),
    )


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
