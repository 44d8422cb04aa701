"""One transaction over all repositories."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.domain.policy import Policy
from bot.storage.cases import SqlCases
from bot.storage.contact_facts import SqlContactFacts
from bot.storage.conversations import SqlConversations
from bot.storage.media import SqlFiles
from bot.storage.queue import SqlJobs


class SqlUnitOfWork:
    """Leaving without `commit()` rolls back."""

    def __init__(
        self,
        connection: AsyncConnection,
        cases: Callable[[AsyncConnection], SqlCases],
        contact_facts: Callable[[AsyncConnection], SqlContactFacts],
    ) -> None:
        self._connection = connection
        self.conversations = SqlConversations(connection)
        self.files = SqlFiles(connection)
        self.cases = cases(connection)
        self.contact_facts = contact_facts(connection)
        self.jobs = SqlJobs(connection)

    async def commit(self) -> None:
        await self._connection.commit()


def transactions(
    engine: AsyncEngine, *, policies: Mapping[str, Policy], timezone: str, codes_are_on: bool = False
) -> Callable[[], AbstractAsyncContextManager[SqlUnitOfWork]]:
    """What opens a unit of work."""

    def cases(connection: AsyncConnection) -> SqlCases:
        return SqlCases(connection, policies=policies, timezone=timezone, codes_are_on=codes_are_on)

    def contact_facts(connection: AsyncConnection) -> SqlContactFacts:
        return SqlContactFacts(connection, policies=policies)

    @asynccontextmanager
    async def begin() -> AsyncIterator[SqlUnitOfWork]:
        async with engine.connect() as connection:
            yield SqlUnitOfWork(connection, cases, contact_facts)

    return begin
