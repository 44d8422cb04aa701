"""Turns on a real PostgreSQL: each message answered once, in order, by the assistant or by nobody but a person."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from bot.domain.conversations import Asked, Conversation, Question
from bot.domain.dialogue import DialogueAnswer, DialogueReply, DialogueTurn
from bot.domain.errors import DialogueUnavailable
from bot.domain.messages import ConversationState, InboundKind, Option
from bot.locale import say
from bot.usecases.take_turns import LONGEST_MESSAGE, TRACKER_TURNS
from tests.integration.assembled import Assembled, assembled, outbound

TERMS = DialogueReply("Você aceita?", (Option("Sim, aceito", "/affirm"), Option("Ver outra condição", "/reject_offer")))
ACCEPT = Asked(Question.ACCEPT, {"offer": "x", "count": 2})


class Killed(Exception):
    """The process ends here."""


@pytest.fixture
async def it(database_url: str) -> AsyncIterator[Assembled]:
    async with assembled(database_url) as made:
        yield made


async def the(it: Assembled, conversation: UUID) -> Conversation:
    async with it.transactions() as work:
        return await work.conversations.get(conversation)


async def with_terms_shown(it: Assembled) -> UUID:
    """The full terms were the assistant's last words, and the person has them."""
    conversation = await it.hears("à vista")
    it.dialogue.answers(TERMS)
    await it.answers(conversation)
    await it.change(conversation, asked=ACCEPT)
    return conversation


class TestOnce:
    async def test_a_turn_taken_twice_is_answered_once(self, it: Assembled) -> None:
        conversation = await it.hears("oi")

        await it.take_turns(conversation)
        await it.take_turns(conversation)

        assert [m.text for m in outbound(await it.history(conversation))] == ["ouvi: oi"]

    async def test_killed_between_the_action_and_storing_the_reply_it_answers_once_with_the_same_words(
        self, it: Assembled
    ) -> None:
        conversation = await it.hears("oi")
        answered = it.dialogue.ask

        async def ask_and_die(turn: DialogueTurn) -> DialogueAnswer:
            await answered(turn)
            raise Killed

        it.dialogue.ask = ask_and_die  # type: ignore[method-assign]
        with pytest.raises(Killed):
            await it.take_turns(conversation)
        assert outbound(await it.history(conversation)) == []

        it.dialogue.ask = answered  # type: ignore[method-assign]
        await it.take_turns(conversation)

        heard, said = await it.history(conversation)
        assert it.dialogue.taken == [heard.id]
        assert (said.text, said.in_reply_to, heard.status) == ("ouvi: oi", (heard.id,), "answered")

    async def test_two_runs_at_once_store_one_answer(self, it: Assembled) -> None:
        conversation = await it.hears("oi")
        answered = it.dialogue.ask

        async def ask_while_another_run_answers(turn: DialogueTurn) -> DialogueAnswer:
            it.dialogue.ask = answered  # type: ignore[method-assign]
            await it.make_take_turns()(conversation)
            return await answered(turn)

        it.dialogue.ask = ask_while_another_run_answers  # type: ignore[method-assign]
        await it.take_turns(conversation)

        assert len(outbound(await it.history(conversation))) == 1

    async def test_several_messages_are_answered_in_their_order(self, it: Assembled) -> None:
        for text in ("um", "dois", "três"):
            conversation = await it.hears(text)

        assert await it.answers(conversation) == ["ouvi: um", "ouvi: dois", "ouvi: três"]

    async def test_a_message_that_fails_keeps_those_after_it_waiting(self, it: Assembled) -> None:
        await it.hears("um")
        conversation = await it.hears("dois")
        it.dialogue.fail_next(DialogueUnavailable(reached=True))

        with pytest.raises(DialogueUnavailable):
            await it.take_turns(conversation)
        assert outbound(await it.history(conversation)) == []

        assert await it.answers(conversation) == ["ouvi: um", "ouvi: dois"]

    async def test_an_answer_without_words_is_a_failed_turn(self, it: Assembled) -> None:
        conversation = await it.hears("oi")
        it.dialogue.answers(DialogueReply(" "))

        with pytest.raises(DialogueUnavailable):
            await it.take_turns(conversation)

    async def test_an_answer_too_long_for_a_channel_becomes_several_with_the_options_below_the_last(
        self, it: Assembled
    ) -> None:
        conversation = await it.hears("oi")
        it.dialogue.answers(DialogueReply("uma linha inteira.\n" * 150, (Option("Sim", "/affirm"),)))

        sent = await it.answers(conversation)

        assert len(sent) == 2
        assert all(len(text) <= LONGEST_MESSAGE for text in sent)
        assert "1. Sim" not in sent[0]
        assert sent[1].endswith("1. Sim")

    async def test_a_long_tracker_is_replaced_by_a_fresh_one(self, it: Assembled) -> None:
        conversation = await it.hears("oi")
        before = (await the(it, conversation)).tracker
        await it.change(conversation, tracker_turns=TRACKER_TURNS - 1)

        await it.take_turns(conversation)
        after = await the(it, conversation)

        assert after.tracker != before
        assert after.tracker_turns == 0
        await it.hears("de novo")
        await it.take_turns(conversation)
        assert [t.tracker for t in it.dialogue.asked] == [before, after.tracker]


class TestWithPeople:
    async def test_while_a_person_is_awaited_one_note_says_so_and_the_messages_stay(self, it: Assembled) -> None:
        conversation = await it.hears("alô?")
        await it.change(conversation, state=ConversationState.WAITING)

        assert await it.answers(conversation) == [say("waiting_note")]
        await it.hears("tem alguém?")
        assert await it.answers(conversation) == []

        it.clock.goes_on(timedelta(hours=13))
        await it.hears("ainda aí?")
        assert await it.answers(conversation) == [say("waiting_note")]
        heard = [m.status for m in await it.history(conversation) if m.direction == "in"]
        assert heard == ["received"] * 3
        assert it.dialogue.asked == []

    async def test_handed_back_the_messages_that_waited_are_answered(self, it: Assembled) -> None:
        conversation = await it.hears("alô?")
        await it.change(conversation, state=ConversationState.WAITING)
        await it.answers(conversation)
        await it.change(conversation, state=ConversationState.BOT)

        assert await it.answers(conversation) == ["ouvi: alô?"]

    async def test_with_an_agent_the_assistant_says_nothing(self, it: Assembled) -> None:
        conversation = await it.hears("alô?")
        await it.change(conversation, state=ConversationState.AGENT)

        assert await it.answers(conversation) == []
        assert it.dialogue.asked == []

    @pytest.mark.parametrize("state", [ConversationState.WAITING, ConversationState.AGENT])
    async def test_a_stop_is_heard_even_behind_messages_that_wait_for_a_person(
        self, it: Assembled, state: ConversationState
    ) -> None:
        """R21"""
        conversation = await it.hears("alô?")
        await it.change(conversation, state=state)
        await it.answers(conversation)
        await it.hears("SAIR")

        assert await it.answers(conversation) == ["ouvi: /opt_out"]
        heard = [m for m in await it.history(conversation) if m.direction == "in"]
        assert {m.status for m in heard} == {"answered"}
        said = outbound(await it.history(conversation))[-1]
        assert set(said.in_reply_to) == {m.id for m in heard}

    async def test_the_stop_button_of_an_old_message_is_heard_while_a_person_is_awaited(self, it: Assembled) -> None:
        conversation = await it.hears("que absurdo")
        it.dialogue.answers(DialogueReply("Desculpe.", (Option("Parar mensagens", "/opt_out"),)))
        await it.answers(conversation)
        said = outbound(await it.history(conversation))[0]
        await it.change(conversation, state=ConversationState.WAITING)

        await it.hears("Parar mensagens", kind=InboundKind.BUTTON, payload=f"{said.id}:1")

        assert await it.answers(conversation) == ["ouvi: /opt_out"]

    async def test_the_answer_that_handed_over_is_still_said_after_a_crash(self, it: Assembled) -> None:
        """The action has set the conversation to waiting; its words are not stored yet."""
        it.knows()
        conversation = await it.hears("quero um atendente")
        heard = await it.last_heard(conversation)
        it.rows(
            "insert into turns (message_id, action, answer, at) values (%s, 'x', '{}', now()) returning message_id",
            heard.id,
        )
        await it.change(conversation, state=ConversationState.WAITING)

        assert await it.answers(conversation) == ["ouvi: quero um atendente"]

    async def test_giving_up_says_so_kindly_and_a_person_goes_on(self, it: Assembled) -> None:
        conversation = await it.hears("oi")

        await it.take_turns.give_up(conversation)
        await it.deliver(conversation)

        assert it.channel.texts == [say("assistant_failed")]
        row = it.rows("select state, waiting_reason, waiting_since from conversations")[0]
        assert (row["state"], row["waiting_reason"]) == ("waiting", "assistant_failed")
        assert row["waiting_since"] is not None
        assert (await it.last_heard(conversation)).status == "answered"

    async def test_giving_up_does_not_reopen_a_closed_conversation(self, it: Assembled) -> None:
        conversation = await it.hears("oi")
        await it.change(conversation, state=ConversationState.CLOSED)

        await it.take_turns.give_up(conversation)

        assert (await the(it, conversation)).state == "closed"


class TestYes:
    """R58: a yes never goes through the classifier alone, and counts only for terms that were before their eyes."""

    async def test_a_strict_yes_to_the_terms_is_told_to_the_dialogue_as_ours(self, it: Assembled) -> None:
        conversation = await with_terms_shown(it)
        await it.hears("Sim, aceito!")
        await it.answers(conversation)

        turn = it.dialogue.asked[-1]
        assert (turn.payload, turn.metadata["stale"], turn.metadata["text"]) == ("/affirm", False, "Sim, aceito!")

    @pytest.mark.parametrize("text", ["ok", "pode ser", "aceito?", "sim, mas...", "sim, dia 25", "👍"])
    async def test_a_loose_yes_goes_to_the_understanding_as_mere_text(self, it: Assembled, text: str) -> None:
        conversation = await with_terms_shown(it)
        await it.hears(text)
        await it.answers(conversation)

        turn = it.dialogue.asked[-1]
        assert (turn.payload, turn.text, turn.metadata["button"]) == (None, text, False)

    @pytest.mark.parametrize("text", ["sim", "aceito"])
    async def test_a_yes_written_before_the_terms_were_shown_does_not_count(self, it: Assembled, text: str) -> None:
        conversation = await it.hears("à vista")
        await it.hears(text)
        it.dialogue.answers(TERMS)
        asked = it.dialogue.ask

        async def ask(turn: DialogueTurn) -> DialogueAnswer:
            await it.change(conversation, asked=ACCEPT)
            return await asked(turn)

        it.dialogue.ask = ask  # type: ignore[method-assign]
        await it.answers(conversation)

        turn = it.dialogue.asked[-1]
        assert turn.metadata["text"] == text
        assert turn.payload is None or turn.metadata["stale"] is True
        assert turn.metadata["button"] is False

    async def test_a_number_written_before_the_terms_were_shown_picks_nothing_of_them(self, it: Assembled) -> None:
        conversation = await it.hears("à vista")
        await it.hears("1")
        it.dialogue.answers(TERMS)
        await it.answers(conversation)

        assert (it.dialogue.asked[-1].payload, it.dialogue.asked[-1].text) == (None, "1")

    async def test_a_yes_to_terms_that_did_not_go_out_does_not_count(self, it: Assembled) -> None:
        conversation = await it.hears("à vista")
        it.dialogue.answers(TERMS)
        await it.take_turns(conversation)
        await it.change(conversation, asked=ACCEPT)
        await it.hears("sim")
        await it.take_turns(conversation)

        assert it.dialogue.asked[-1].metadata["stale"] is True

    async def test_a_yes_after_something_else_was_said_is_stale(self, it: Assembled) -> None:
        conversation = await with_terms_shown(it)
        await it.hears("", kind=InboundKind.AUDIO)
        await it.answers(conversation)
        await it.hears("sim")
        await it.answers(conversation)

        assert it.dialogue.asked[-1].metadata["stale"] is True

    async def test_the_number_of_the_line_is_the_button(self, it: Assembled) -> None:
        conversation = await with_terms_shown(it)
        await it.hears("2")
        await it.answers(conversation)

        turn = it.dialogue.asked[-1]
        assert (turn.payload, turn.metadata["button"]) == ("/reject_offer", True)


class TestButtons:
    async def test_a_button_of_an_old_message_is_stale(self, it: Assembled) -> None:
        conversation = await with_terms_shown(it)
        old = outbound(await it.history(conversation))[-1]
        await it.hears("espera")
        await it.answers(conversation)
        await it.hears("Sim, aceito", kind=InboundKind.BUTTON, payload=f"{old.id}:1")
        await it.answers(conversation)

        turn = it.dialogue.asked[-1]
        assert (turn.payload, turn.metadata["stale"], turn.metadata["button"]) == ("/affirm", True, True)

    async def test_a_button_of_the_newest_message_is_fresh(self, it: Assembled) -> None:
        conversation = await with_terms_shown(it)
        newest = outbound(await it.history(conversation))[-1]
        await it.hears("Sim, aceito", kind=InboundKind.BUTTON, payload=f"{newest.id}:1")
        await it.answers(conversation)

        assert it.dialogue.asked[-1].metadata["stale"] is False

    @pytest.mark.parametrize("payload", [None, "", "x", f"{uuid4()}:1", "{known}:9", "{known}:x", "{known}"])
    async def test_a_button_that_we_do_not_know_is_answered_kindly(self, it: Assembled, payload: str | None) -> None:
        conversation = await with_terms_shown(it)
        known = outbound(await it.history(conversation))[-1].id
        await it.hears("x", kind=InboundKind.BUTTON, payload=payload and payload.format(known=known))

        assert await it.answers(conversation) == [say("button_unknown")]

    async def test_a_button_of_another_conversation_does_nothing(self, it: Assembled) -> None:
        conversation = await with_terms_shown(it)
        theirs = outbound(await it.history(conversation))[-1].id
        other = await it.hears("x", kind=InboundKind.BUTTON, payload=f"{theirs}:1", address="+5511977776666")

        assert await it.answers(other) == [say("button_unknown")]


class TestKinds:
    @pytest.mark.parametrize("kind", ["audio", "video", "sticker", "location", "other"])
    async def test_what_cannot_be_read_gets_a_kind_line(self, it: Assembled, kind: str) -> None:
        """R67"""
        conversation = await it.hears("", kind=InboundKind(kind))

        assert await it.answers(conversation) == [say(f"unsupported_{kind}")]
        assert (await it.last_heard(conversation)).status == "unsupported"

    @pytest.mark.parametrize("kind", [InboundKind.IMAGE, InboundKind.DOCUMENT])
    async def test_a_file_may_be_a_receipt(self, it: Assembled, kind: InboundKind) -> None:
        """R41, R67"""
        conversation = await it.hears("segue", kind=kind)
        await it.answers(conversation)

        assert it.dialogue.asked[0].payload == "/report_payment"

    async def test_a_stop_below_a_picture_is_a_stop(self, it: Assembled) -> None:
        conversation = await it.hears("SAIR", kind=InboundKind.IMAGE)
        await it.answers(conversation)

        assert it.dialogue.asked[0].payload == "/opt_out"
