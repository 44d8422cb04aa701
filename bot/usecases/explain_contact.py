"""Why somebody may be written to at an instant, or not, on each of their addresses."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.domain.contact_rules import Allowed, Blocked, ContactFacts, may_contact
from bot.ports import Transactions


@dataclass(frozen=True, slots=True)
class Explained:
    """One address with its verdict."""

    facts: ContactFacts
    verdict: Allowed | Blocked


class ExplainContact:
    """The same question that the door out asks, for all addresses of a debtor."""

    def __init__(self, transactions: Transactions) -> None:
        self._transactions = transactions

    async def __call__(self, document: str, *, at: datetime) -> tuple[Explained, ...]:
        """Raises NotFound. `at` is aware."""
        async with self._transactions() as work:
            found = await work.contact_facts.of_document(document)
        return tuple(Explained(facts, may_contact(facts, at=at)) for facts in found)
