"""Takes a yes, a no or a pick as an answer to what was asked; the strict yes makes the agreement."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions.speaking import answer


class ActionConfirmAnswer(Action):
    def name(self) -> str:
        return "action_confirm_answer"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[dict[str, Any]]:
        """Slots in, one use case, its responses out."""
        return await answer(self.name(), dispatcher, tracker)
