"""Offers terms, and answers the debtor's own proposal."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions.speaking import answer


class ActionProposeTerms(Action):
    def name(self) -> str:
        return "action_propose_terms"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[dict[str, Any]]:
        """Slots in, one use case, its responses out."""
        return await answer(self.name(), dispatcher, tracker)
