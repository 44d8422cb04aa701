"""One turn of Rasa that either happened as a whole or fails: nothing is swallowed, nothing half is saved.

Rasa's processor logs a crashed action and goes on, falls back to memory when the database is gone and answers nothing.
A turn that the product asks for again must not find such a half turn, so here every failure leaves before Rasa saves.
The tracker is saved once, at the end: what fails before leaves no trace, and the same message can be tried again.
"""

from __future__ import annotations

import asyncio
from typing import Any

from rasa.core.actions.action import Action, ActionExecutionRejection, RemoteAction
from rasa.core.agent import Agent
from rasa.core.nlg.generator import NaturalLanguageGenerator
from rasa.core.policies.policy import PolicyPrediction
from rasa.core.processor import MessageProcessor
from rasa.core.tracker_store import FailSafeTrackerStore, InMemoryTrackerStore, TrackerStore
from rasa.shared.core.events import Event
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import ClientResponseError, EndpointConfig

RESPONSE_KEYS = frozenset({"text", "buttons", "elements", "custom", "template", "response", "image", "attachment"})
SILENT_RESPONSES = frozenset({"utter_default", "utter_restart", "utter_back", "utter_session_start"})


class TurnFailed(BaseException):
    """A turn that must be tried again as a whole.

    A BaseException, because Rasa catches every Exception of an action, logs it and goes on as if it had run.

    Args:
        code: stable, for machines: `action_failed`, `tracker_store`, `no_model`, `busy`, `too_many_actions`,
            `response_missing`, `turn_failed`.
        status: the HTTP status that tells it.
        detail: for the log; never what somebody wrote.
    """

    def __init__(self, code: str, status: int, detail: str = "") -> None:
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code = code
        self.status = status
        self.detail = detail


class LoudActions(EndpointConfig):
    """The action server's endpoint, each of whose failures ends the turn.

    What an action says beyond Rasa's own keys is kept under `facts`: Rasa itself loses zeros and empty values.

    Args:
        endpoint: as read from endpoints.yml.
        timeout_seconds: the longest that one action may take; Rasa's own limit is 300 s.
    """

    def __init__(self, endpoint: EndpointConfig, timeout_seconds: float) -> None:
        super().__init__(endpoint.url)  # Rasa names the address in what it logs
        self._endpoint = endpoint
        self._timeout_seconds = timeout_seconds

    async def request(self, *args: Any, **kwargs: Any) -> Any:
        """Call one action.

        Raises:
            ClientResponseError: status 400, a form's way of rejecting; Rasa goes on with another action.
            TurnFailed: anything else that went wrong.
        """
        try:
            answer = await asyncio.wait_for(self._endpoint.request(*args, **kwargs), self._timeout_seconds)
        except ClientResponseError as error:
            if error.status == 400:
                raise
            raise TurnFailed("action_failed", 502, f"the action server answered {error.status}") from error
        except Exception as error:
            raise TurnFailed("action_failed", 502, type(error).__name__) from error
        if not isinstance(answer, dict):
            raise TurnFailed("action_failed", 502, "the action server's answer is no JSON object")
        for response in answer.get("responses", []):
            facts = {name: value for name, value in response.items() if name not in RESPONSE_KEYS}
            response["facts"] = facts
        return answer


class LoudGenerator(NaturalLanguageGenerator):
    """The response generator, for which a missing response is a failure and not a silence."""

    def __init__(self, generator: NaturalLanguageGenerator) -> None:
        self._generator = generator

    async def generate(
        self, utter_action: str, tracker: DialogueStateTracker, output_channel: str, **kwargs: Any
    ) -> dict[str, Any] | None:
        """Fill one response; see Rasa's base class.

        Raises:
            TurnFailed: the domain has no such response.
        """
        message = await self._generator.generate(utter_action, tracker, output_channel, **kwargs)
        if message is None and utter_action not in SILENT_RESPONSES:
            raise TurnFailed("response_missing", 500, utter_action)
        return message


def _is_an_answer(result: dict[str, Any]) -> bool:
    """Whether our action server answered with events and responses, as its SDK always does.

    Raises:
        ValueError: it answered something else.
    """
    if not (isinstance(result.get("events"), list) and isinstance(result.get("responses"), list)):
        raise ValueError("the action server answered neither events nor responses")
    return True


class LoudAction(Action):
    """An action whose crash ends the turn."""

    def __init__(self, action: Action) -> None:
        self._action = action
        if isinstance(action, RemoteAction):
            # Rasa has jsonschema check its own schema anew at every call, a quarter of a turn's processor time.
            action._validate_action_result = _is_an_answer  # type: ignore[method-assign]

    def name(self) -> str:
        """The name of the action inside."""
        return self._action.name()

    async def run(self, *args: Any, **kwargs: Any) -> list[Event]:
        """Run the action inside.

        Raises:
            ActionExecutionRejection: the action gives way to another one.
            TurnFailed: the action crashed.
        """
        try:
            return await self._action.run(*args, **kwargs)
        except ActionExecutionRejection:
            raise
        except Exception as error:
            raise TurnFailed("action_failed", 502, f"{self.name()}: {type(error).__name__}") from error

    def event_for_successful_execution(self, prediction: PolicyPrediction) -> Event:
        """What goes into the tracker once it ran."""
        return self._action.event_for_successful_execution(prediction)


class LoudTrackers(TrackerStore):
    """The tracker store without Rasa's fallback to memory: what cannot be read or kept ends the turn."""

    def __init__(self, store: TrackerStore) -> None:
        self._store = store
        super().__init__(store.domain, store.event_broker)

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        """Read a tracker.

        Raises:
            TurnFailed: the database does not answer.
        """
        try:
            return await self._store.retrieve(sender_id)
        except Exception as error:
            raise TurnFailed("tracker_store", 503, type(error).__name__) from error

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Keep a tracker; raises as `retrieve` does."""
        try:
            await self._store.save(tracker)
        except Exception as error:
            raise TurnFailed("tracker_store", 503, type(error).__name__) from error


class FaithfulProcessor(MessageProcessor):
    """Rasa's processor with the agent's loaded model and every failure loud.

    Args:
        agent: with a model loaded.
        action_timeout_seconds: the longest that one action may take.
        allow_memory: accept a tracker store in memory; for tests only, since Rasa falls back to one by itself.

    Raises:
        TurnFailed: no model is loaded, or trackers would be kept in memory.
    """

    def __init__(self, agent: Agent, *, action_timeout_seconds: float, allow_memory: bool) -> None:
        if agent.processor is None:
            raise TurnFailed("no_model", 503)
        self.__dict__ = dict(agent.processor.__dict__)
        store = agent.tracker_store
        if isinstance(store, FailSafeTrackerStore):
            store = store._tracker_store
        if isinstance(store, InMemoryTrackerStore) and not allow_memory:
            raise TurnFailed("tracker_store", 503, "Rasa could not load the tracker store and took memory instead")
        self.tracker_store = LoudTrackers(store)
        self.nlg = LoudGenerator(agent.nlg)
        if self.action_endpoint is not None:
            self.action_endpoint = LoudActions(self.action_endpoint, action_timeout_seconds)
        self.on_circuit_break = self._too_many_actions

    @staticmethod
    def _too_many_actions(*_: Any) -> None:
        raise TurnFailed("too_many_actions", 500)

    async def _run_action(
        self,
        action: Action,
        tracker: DialogueStateTracker,
        output_channel: Any,
        nlg: NaturalLanguageGenerator,
        prediction: PolicyPrediction,
    ) -> bool:
        return await super()._run_action(LoudAction(action), tracker, output_channel, nlg, prediction)
