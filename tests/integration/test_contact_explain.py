"""`trato contact explain`, and the door out that asks the same question."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
import structlog
from sqlalchemy.ext.asyncio import AsyncEngine
from typer.testing import CliRunner

from bot.cli import app
from bot.domain.conversations import Draft
from bot.domain.messages import Author, ChannelKind
from bot.policies import load_policies
from bot.storage.database import make_engine
from bot.storage.unit_of_work import transactions
from bot.usecases.deliver_messages import DeliverMessages
from tests.fakes import FakeChannel, an_inbound

ROOT = Path(__file__).parents[2]
DOCUMENT = "39053344705"
PHONE = "+5511988887777"
HEADER = "credor;contrato;nome;cpf_cnpj;nascimento;telefone;uf;parcela;valor;vencimento\n"
ROW = "exemplo;A-1;Ana Conceição;390.533.447-05;31/01/1980;11988887777;SP;1;100,00;10/09/2026\n"
MONDAY = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)  # 12:00 in São Paulo


class Watch:
    """A clock that the test moves."""

    def __init__(self, now: datetime = MONDAY) -> None:
        self.at = now

    def now(self) -> datetime:
        return self.at


@pytest.fixture
def cli(database_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> CliRunner:
    monkeypatch.setenv("TRATO_DATABASE_URL", database_url)
    monkeypatch.setenv("TRATO_TESTING", "1")
    monkeypatch.setenv("TRATO_NOW", MONDAY.isoformat())
    runner = CliRunner()
    file = tmp_path / "f.csv"
    file.write_text(HEADER + ROW, encoding="utf-8")
    assert runner.invoke(app, ["portfolio", "import", str(file)]).exit_code == 0
    return runner


def explained(cli: CliRunner, at: str) -> dict[str, dict[str, Any]]:
    result = cli.invoke(app, ["contact", "explain", DOCUMENT, "--at", at, "--json"])
    assert result.exit_code == 0, result.output
    return {one["channel"]: one for one in json.loads(result.stdout)["contacts"]}


class TestExplain:
    def test_r16_on_a_sunday_it_names_monday_morning(self, cli: CliRunner) -> None:
        found = explained(cli, "2026-11-22T10:00:00-03:00")["whatsapp"]
        assert (found["allowed"], found["rule"]) == (False, "R16")
        assert found["allowed_from"] == "2026-11-23T09:00:00-03:00"
        assert found["address"] == PHONE
        assert found["text"].startswith("Contato ativo")

    def test_r66_telegram_waits_for_the_person(self, cli: CliRunner) -> None:
        found = explained(cli, "2026-11-23T12:00:00-03:00")["telegram"]
        assert (found["allowed"], found["rule"], found["allowed_from"]) == (False, "R66", None)

    def test_r62_on_a_monday_at_noon_a_template_may_be_sent(self, cli: CliRunner) -> None:
        found = explained(cli, "2026-11-23T12:00")["whatsapp"]
        assert (found["allowed"], found["template_only"]) == (True, True)

    def test_r21_an_opt_out_of_one_address_is_not_one_of_another(self, cli: CliRunner, database_url: str) -> None:
        with psycopg.connect(database_url) as connection:
            connection.execute("update contacts set state = 'opted_out' where channel = 'whatsapp'")
            connection.execute(
                "insert into contacts (debtor_id, channel, address) select id, 'email', 'a@b.c' from debtors"
            )
        found = explained(cli, "2026-11-23T12:00:00-03:00")
        assert found["whatsapp"]["rule"] == "R21"
        assert found["email"]["allowed"]

    def test_r55_a_request_for_deletion_stops_every_address(self, cli: CliRunner, database_url: str) -> None:
        with psycopg.connect(database_url) as connection:
            connection.execute(
                "insert into duties (kind, debtor_id, opened_at, due_on, detail) "
                "select 'data_request', id, now(), now(), '{\"right\": \"deletion\"}' from debtors"
            )
        assert explained(cli, "2026-11-23T12:00:00-03:00")["whatsapp"]["rule"] == "R55"

    def test_people_read_it_in_portuguese(self, cli: CliRunner) -> None:
        result = cli.invoke(app, ["contact", "explain", "390.533.447-05", "--at", "2026-11-22T10:00-03:00"])
        assert result.exit_code == 0
        assert "A partir de: 23/11/2026 09:00 (America/Sao_Paulo)" in result.stdout

    @pytest.mark.parametrize("arguments", [["11144477735"], [DOCUMENT, "--at", "amanhã"]])
    def test_who_or_when_unknown_is_1_and_says_so(self, cli: CliRunner, arguments: list[str]) -> None:
        result = cli.invoke(app, ["contact", "explain", *arguments])
        assert result.exit_code == 1
        assert result.stderr.strip()


@pytest.fixture
async def engine(cli: CliRunner, database_url: str) -> AsyncIterator[AsyncEngine]:
    structlog.reset_defaults()  # the command logged to a stream that is closed by now
    engine = make_engine(database_url, pool_size=2)
    yield engine
    await engine.dispose()


class Door:
    """The door out over a real database and a channel in memory."""

    def __init__(self, engine: AsyncEngine) -> None:
        self.watch, self.channel = Watch(), FakeChannel()
        policies = load_policies(ROOT / "policies")
        self.transactions = transactions(engine, policies=policies, timezone="America/Sao_Paulo")
        self.deliver = DeliverMessages(
            self.transactions, {ChannelKind.WHATSAPP: self.channel}, self.watch, policies=policies
        )

    async def talk(self) -> UUID:
        """The person wrote an hour ago."""
        said_at = self.watch.at - timedelta(hours=1)
        async with self.transactions() as work:
            conversation = await work.conversations.open_for(an_inbound(at=said_at), now=said_at)
            await work.conversations.change(conversation.id, last_in_at=said_at)
            await work.commit()
        return conversation.id

    async def say(self, conversation: UUID, text: str, *, answers: bool = False) -> UUID:
        draft = Draft(uuid4(), Author.SYSTEM, text, in_reply_to=(uuid4(),) if answers else ())
        async with self.transactions() as work:
            await work.conversations.add_outbound(conversation, [draft], now=self.watch.at)
            await work.commit()
        return draft.id

    async def stored(self, message: UUID) -> Any:
        async with self.transactions() as work:
            return await work.conversations.message(message)


class TestTheDoorOut:
    async def test_r18_the_second_contact_of_a_day_is_put_off_to_the_next_morning(self, engine: AsyncEngine) -> None:
        # given
        door = Door(engine)
        talk = await door.talk()
        await door.say(talk, "Bom dia")
        assert await door.deliver(talk) is None

        # when
        door.watch.at += timedelta(hours=1)
        second = await door.say(talk, "Boa tarde")
        assert await door.deliver(talk) is None

        # then
        assert door.channel.texts == ["Bom dia"]
        assert (await door.stored(second)).next_try_at == datetime(2026, 11, 24, 12, 0, tzinfo=UTC)

    async def test_r17_an_answer_does_not_wait_behind_what_is_put_off(self, engine: AsyncEngine) -> None:
        door = Door(engine)
        door.watch.at = datetime(2026, 11, 23, 23, 0, tzinfo=UTC)  # 20:00
        talk = await door.talk()
        put_off = await door.say(talk, "Posso ajudar?")
        await door.say(talk, "Claro", answers=True)

        assert await door.deliver(talk) is None
        assert door.channel.texts == ["Claro"]

        door.watch.at = (await door.stored(put_off)).next_try_at
        assert await door.deliver(talk) is None
        assert door.channel.texts == ["Claro", "Posso ajudar?"]

    async def test_what_is_put_off_is_left_to_the_sweep_only_when_its_hour_has_come(self, engine: AsyncEngine) -> None:
        door = Door(engine)
        door.watch.at = datetime(2026, 11, 23, 23, 0, tzinfo=UTC)
        talk = await door.talk()
        await door.say(talk, "Posso ajudar?")
        await door.deliver(talk)
        async with door.transactions() as work:
            assert await work.conversations.left_behind(older_than=door.watch.at + timedelta(minutes=5)) == []
            assert await work.conversations.left_behind(older_than=door.watch.at + timedelta(days=2)) == [talk]

    async def test_r62_free_text_after_twenty_four_hours_is_refused_with_its_rule(
        self, engine: AsyncEngine, database_url: str
    ) -> None:
        door = Door(engine)
        talk = await door.talk()
        door.watch.at += timedelta(days=1)
        late = await door.say(talk, "Ainda por aí?")

        assert await door.deliver(talk) is None

        assert door.channel.texts == []
        with psycopg.connect(database_url) as connection:
            row = connection.execute("select status, refused_rule from messages where id = %s", [late]).fetchone()
        assert row == ("refused", "R62")

    async def test_r18_two_messages_stored_together_are_one_contact(self, engine: AsyncEngine) -> None:
        door = Door(engine)
        talk = await door.talk()
        await door.say(talk, "Bom dia")
        await door.say(talk, "Tudo bem?")
        assert await door.deliver(talk) is None
        assert door.channel.texts == ["Bom dia", "Tudo bem?"]

    async def test_r20_a_wish_told_in_the_chat_binds(self, engine: AsyncEngine) -> None:
        door = Door(engine)
        talk = await door.talk()
        async with door.transactions() as work:
            await work.conversations.change(talk, memory={"preference": "só de manhã"})
            await work.commit()
        message = await door.say(talk, "Boa tarde")
        await door.deliver(talk)
        assert (await door.stored(message)).next_try_at == datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
