"""Asks what was meant, with at most three readings."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import FollowupAction
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions.speaking import answer


class ActionAskBack(Action):
    def name(self) -> str:
        return "action_ask_back"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[dict[str, Any]]:
        """Slots in, one use case, its responses out."""
        events = await answer(self.name(), dispatcher, tracker)
        return [*events, FollowupAction("action_listen")]  # as the fallback it would be predicted again and again
