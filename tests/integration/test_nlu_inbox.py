"""The inbox of what was not understood, on a real PostgreSQL."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from uuid import UUID, uuid4

import psycopg
import pytest
import yaml

from bot.domain.errors import NotFound
from bot.domain.inbox import Why, nlu_yaml
from bot.storage.database import make_engine
from bot.storage.nlu_inbox import NluInbox

NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)


class Store:
    """Puts messages of one debtor, Maria da Silva, straight into the tables."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._conversation = uuid4()
        debtor = uuid4()
        self._run("insert into debtors (id, document, name) values (%s, '52998224725', 'Maria da Silva')", debtor)
        self._run(
            "insert into conversations (id, channel, address, reply_address, created_at, tracker, debtor_id)"
            " values (%s, 'whatsapp', '+5511988887777', '+5511988887777', %s, %s, %s)",
            *(self._conversation, NOW, uuid4(), debtor),
        )

    def _run(self, query: str, *values: object) -> None:
        with psycopg.connect(self._url) as connection:
            connection.execute(query, values)  # type: ignore[arg-type]

    def wrote(self, text: str, intent: str, decision: str, *, kind: str = "text", response: str = "utter_x") -> None:
        """A message, how it was understood, and the response that answered it."""
        message = uuid4()
        understanding = json.dumps({"intent": intent, "confidence": 0.4, "decision": decision})
        insert = (
            "insert into messages (id, conversation_id, direction, author, kind, text, at, status, understanding,"
            " in_reply_to, source) values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"
        )
        both = (self._conversation,)
        nobody: list[UUID] = []
        self._run(insert, message, *both, "in", "debtor", kind, text, NOW, "answered", understanding, nobody, "{}")
        source = json.dumps({"response": response})
        self._run(insert, uuid4(), *both, "out", "assistant", "text", "…", NOW, "sent", None, [message], source)


@pytest.fixture
async def inbox(database_url: str) -> AsyncIterator[NluInbox]:
    engine = make_engine(database_url)
    yield NluInbox(engine)
    await engine.dispose()


async def test_gathers_masked_what_was_asked_about_corrected_or_not_understood(
    inbox: NluInbox, database_url: str
) -> None:
    # given
    store = Store(database_url)
    store.wrote("oi", "greet", "act")
    store.wrote("a maria falou daquilo do 52998224725", "ask_debt", "ask")
    store.wrote("", "dispute_debt", "act", kind="button")
    store.wrote("e o negócio de R$ 1.500,00", "ask_discount", "act")
    store.wrote("não foi isso", "deny", "act")
    store.wrote("hmm tá", "affirm", "act", response="utter_unsure")
    store.wrote("tchau", "goodbye", "act")

    # when
    found = {entry.text: entry for entry in await inbox.entries()}

    # then
    assert {text: entry.why for text, entry in found.items()} == {
        "a <nome> falou daquilo do <cpf>": (Why.ASKED,),
        "e o negócio de R$ 1.500,00": (Why.CORRECTED,),
        "hmm tá": (Why.UNSURE,),
    }
    assert found["a <nome> falou daquilo do <cpf>"].picked == "dispute_debt"


async def test_a_label_takes_a_wording_out_of_the_inbox_and_into_the_export(inbox: NluInbox, database_url: str) -> None:
    # given
    store = Store(database_url)
    store.wrote("e aquilo?", "ask_debt", "ask")
    [entry] = await inbox.entries()

    # when
    await inbox.label(entry.id, "ask_due_date", now=NOW)
    await inbox.label(entry.id, "ask_debt", now=NOW)

    # then
    assert await inbox.entries() == []
    exported = yaml.safe_load(nlu_yaml(await inbox.labels()))
    assert exported["nlu"] == [{"intent": "ask_debt", "examples": "- e aquilo?\n"}]


async def test_an_unknown_wording_can_not_be_labelled(inbox: NluInbox) -> None:
    with pytest.raises(NotFound):
        await inbox.label("0" * 12, "ask_debt", now=NOW)
