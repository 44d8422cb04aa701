"""What the database refuses, whatever the program does."""

from __future__ import annotations

from collections.abc import AsyncIterator
from uuid import uuid4

import psycopg
import pytest
from psycopg.errors import CheckViolation, ForeignKeyViolation, UniqueViolation

from tests.integration.assembled import Assembled, assembled

COPY = """
insert into agreements
select %(new)s, {offer}, conversation_id, debtor_id, creditor, total_centavos, policy_version, accepted_at, {message},
       cancelled_at, cancelled_reason, record
from agreements limit 1
"""


@pytest.fixture
async def it(database_url: str) -> AsyncIterator[Assembled]:
    async with assembled(database_url) as made:
        made.knows()
        await made.agreed()
        yield made


async def test_a_second_active_agreement_on_a_debt_is_refused(it: Assembled) -> None:
    with psycopg.connect(it.url) as connection:
        new = _another(connection)
        with pytest.raises(UniqueViolation, match="uq_agreement_debts_one_active"):
            connection.execute("insert into agreement_debts select %s, debt_id, true from agreement_debts", (new,))


async def test_an_offer_is_accepted_once_and_a_yes_counts_once(it: Assembled) -> None:
    for offer, message, name in (
        ("offer_id", "(select id from messages where id <> accepted_by limit 1)", "offer_id"),
        ("(select id from offers o where o.id <> offer_id limit 1)", "accepted_by", "accepted_by"),
    ):
        with psycopg.connect(it.url) as connection, pytest.raises(UniqueViolation, match=name):
            connection.execute(COPY.format(offer=offer, message=message).encode(), {"new": uuid4()})


@pytest.mark.parametrize(
    "change",
    [
        "update agreement_installments set amount_centavos = amount_centavos + 1 where number = 1",
        "delete from agreement_installments where number = 3",
        "update agreements set total_centavos = total_centavos + 1",
        "insert into agreement_installments select agreement_id, 9, due_on, 1 from agreement_installments limit 1",
    ],
)
async def test_installments_that_do_not_add_up_are_refused(it: Assembled, change: str) -> None:
    with pytest.raises(CheckViolation), psycopg.connect(it.url) as connection:
        connection.execute(change.encode())


async def test_an_agreement_without_installments_is_refused(it: Assembled) -> None:
    with pytest.raises(CheckViolation), psycopg.connect(it.url) as connection:
        _another(connection)


async def test_installments_that_add_up_may_change_together(it: Assembled) -> None:
    with psycopg.connect(it.url) as connection:
        connection.execute("update agreement_installments set amount_centavos = amount_centavos - 1 where number = 1")
        connection.execute("update agreement_installments set amount_centavos = amount_centavos + 1 where number = 3")


@pytest.mark.parametrize(
    "change",
    [
        "update debts set state = 'forgotten'",
        "update conversations set state = 'lost'",
        "update messages set status = 'seen'",
        "update contacts set state = 'gone'",
        "update offers set total_centavos = 0",
        "update offers set expires_at = shown_at",
        "update duties set kind = 'whim'",
        "insert into debtors (document, name) values ('123', 'x')",
        "update debt_installments set amount_centavos = 0",
    ],
)
async def test_states_and_amounts_outside_the_contract_are_refused(it: Assembled, change: str) -> None:
    with psycopg.connect(it.url) as connection:
        connection.execute(
            "insert into duties (kind, opened_at, due_on) values ('human', now(), now())",
        )
        with pytest.raises(CheckViolation):
            connection.execute(change.encode())


async def test_one_open_conversation_an_address_and_one_message_a_key(it: Assembled) -> None:
    with psycopg.connect(it.url) as connection, pytest.raises(UniqueViolation, match="open_address"):
        connection.execute(
            "insert into conversations (id, channel, address, reply_address, created_at, tracker)"
            " select %s, channel, address, reply_address, now(), tracker from conversations",
            (uuid4(),),
        )
    with psycopg.connect(it.url) as connection, pytest.raises(UniqueViolation, match="key"):
        connection.execute(
            "insert into messages (id, conversation_id, direction, author, key, at, status)"
            " select %s, conversation_id, direction, author, key, at, status from messages"
            " where key is not null limit 1",
            (uuid4(),),
        )


async def test_what_an_agreement_stands_on_cannot_be_deleted(it: Assembled) -> None:
    for table in ("offers", "messages", "debts", "debtors", "conversations"):
        with psycopg.connect(it.url) as connection, pytest.raises(ForeignKeyViolation):
            connection.execute(f"delete from {table}".encode())


def _another(connection: psycopg.Connection[tuple[object, ...]]) -> object:
    """A copy of the agreement, on another offer and another message."""
    new = uuid4()
    offer = "(select id from offers o where o.id <> offer_id limit 1)"
    message = "(select id from messages m where m.id <> accepted_by and m.direction = 'in' limit 1)"
    connection.execute(COPY.format(offer=offer, message=message).encode(), {"new": new})
    return new
