"""The channel against a real Rasa agent with a small model; only the action server is a stand-in."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from rasa.core.agent import Agent
from rasa.core.tracker_store import InMemoryTrackerStore
from rasa.model_training import train
from rasa.shared.core.domain import Domain
from rasa.shared.exceptions import InvalidConfigException
from rasa.utils.endpoints import ClientResponseError, EndpointConfig
from trato_rasa.channel import TratoChannel
from trato_rasa.wire import harmless

SECRET = "a-secret-of-some-length"
CONFIG = """
recipe: default.v1
language: pt
assistant_id: trato
pipeline:
- name: KeywordIntentClassifier
policies:
- name: RulePolicy
"""
DOMAIN = """
version: "3.1"
session_config: {session_expiration_time: 0, carry_over_slots_to_new_session: true}
intents: [greet, ask_debt, deny]
entities: [amount]
responses:
  utter_greet:
  - text: Olá!
    buttons: [{title: Sim, payload: /affirm}]
  utter_debt:
  - text: "Total: {total}."
actions: [action_tell, action_silent]
"""
TRAINING = """
version: "3.1"
nlu:
- intent: greet
  examples: |
    - oi
    - opa
- intent: ask_debt
  examples: |
    - quanto
    - valor
- intent: deny
  examples: |
    - nada
    - nunca
rules:
- {rule: a, steps: [{intent: greet}, {action: utter_greet}]}
- {rule: b, steps: [{intent: ask_debt}, {action: action_tell}]}
- {rule: c, steps: [{intent: deny}, {action: action_silent}]}
"""


class ActionServer(EndpointConfig):
    """Stands in for the action server: says what it is told to, and counts."""

    def __init__(self) -> None:
        super().__init__("http://actions")
        self.calls: list[dict[str, Any]] = []
        self.failure: BaseException | None = None
        self.response = "utter_debt"
        self.delay_seconds = 0.0

    async def request(self, *args: Any, **kwargs: Any) -> Any:
        self.calls.append(kwargs["json"])
        await asyncio.sleep(self.delay_seconds)
        if self.failure is not None:
            raise self.failure
        return {"events": [], "responses": [{"response": self.response, "total": "R$ 10,00", "count": 0, "text": None}]}


class FailingStore(InMemoryTrackerStore):
    """A database that can be taken away."""

    fails_on = ""

    async def retrieve(self, sender_id: str) -> Any:
        if self.fails_on == "retrieve":
            raise OSError("gone")
        return await super().retrieve(sender_id)

    async def save(self, tracker: Any) -> None:
        if self.fails_on == "save":
            raise OSError("gone")
        await super().save(tracker)


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder: Path = tmp_path_factory.mktemp("rasa")
    for name, text in (("config.yml", CONFIG), ("domain.yml", DOMAIN), ("training.yml", TRAINING)):
        (folder / name).write_text(text, encoding="utf-8")
    result = train(
        str(folder / "domain.yml"), str(folder / "config.yml"), str(folder / "training.yml"), output=str(folder)
    )
    assert result.model is not None
    return str(result.model)


class Server:
    """Our channel on an agent, asked as over HTTP."""

    def __init__(self, model: str | None) -> None:
        self.actions = ActionServer()
        self.store = FailingStore(Domain.empty())
        self.agent = Agent(tracker_store=self.store, action_endpoint=self.actions)
        if model is not None:
            self.agent.load_model(model)
        self.channel = TratoChannel(SECRET, action_timeout_seconds=0.5, wait_seconds=5.0, allow_memory=True)

    async def ask(self, body: Any, *, secret: str = SECRET, parse: bool = False) -> tuple[int, Any]:
        request = SimpleNamespace(
            app=SimpleNamespace(ctx=SimpleNamespace(agent=self.agent)),
            headers={"X-Trato-Secret": secret},
            body=body if isinstance(body, bytes) else json.dumps(body).encode(),
        )
        handle = self.channel._parse if parse else self.channel._take_turn
        answer = await self.channel._guarded(request, handle)  # type: ignore[arg-type]
        return answer.status, json.loads(answer.body)

    async def say(self, text: str, message_id: str = "m1", **more: Any) -> tuple[int, Any]:
        return await self.ask({"conversation_id": "c1", "message_id": message_id, "text": text, **more})


@pytest.fixture
def server(model: str) -> Iterator[Server]:
    yield Server(model)


async def test_answers_with_replies_facts_and_what_was_understood(server: Server) -> None:
    status, answer = await server.say("quanto", metadata={"asked": "debt"})
    assert status == 200
    assert answer["replies"] == [
        {
            "text": "Total: R$ 10,00.",
            "response": "utter_debt",
            "buttons": [],
            "facts": {"total": "R$ 10,00", "count": 0},
            "custom": None,
        }
    ]
    assert answer["understanding"]["intent"] == "ask_debt"
    latest = server.actions.calls[0]["tracker"]["latest_message"]
    assert (latest["message_id"], latest["metadata"]) == ("m1", {"asked": "debt"})


async def test_a_message_asked_for_again_gets_the_same_answer_and_no_second_turn(server: Server) -> None:
    first = await server.say("quanto")
    await server.say("oi", "m2")
    assert await server.say("quanto") == first
    assert len(server.actions.calls) == 1


async def test_the_same_message_twice_at_once_is_one_turn(server: Server) -> None:
    server.actions.delay_seconds = 0.1
    first, second = await asyncio.gather(server.say("quanto"), server.say("quanto"))
    assert first == second
    assert len(server.actions.calls) == 1


async def test_a_turn_goes_on_when_the_client_hangs_up(server: Server) -> None:
    server.actions.delay_seconds = 0.2
    with pytest.raises(asyncio.TimeoutError):
        await asyncio.wait_for(server.say("quanto"), 0.05)
    status, _ = await server.say("quanto")
    assert status == 200
    assert len(server.actions.calls) == 1


@pytest.mark.parametrize(
    "failure", [ClientResponseError(500, "crashed", "x"), OSError("refused"), ValueError("no JSON")]
)
async def test_a_crashed_action_is_an_error_and_the_message_can_be_tried_again(
    server: Server, failure: Exception
) -> None:
    server.actions.failure = failure
    status, answer = await server.say("quanto")
    assert (status, answer["error"]) == (502, "action_failed")

    server.actions.failure = None
    status, answer = await server.say("quanto")
    assert status == 200
    assert answer["replies"][0]["response"] == "utter_debt"


async def test_an_action_that_takes_too_long_is_an_error(server: Server) -> None:
    server.actions.delay_seconds = 1.0
    status, answer = await server.say("quanto")
    assert (status, answer["error"]) == (502, "action_failed")


async def test_a_response_that_does_not_exist_is_an_error(server: Server) -> None:
    server.actions.response = "utter_nothing"
    status, answer = await server.say("nada")
    assert (status, answer["error"]) == (500, "response_missing")


@pytest.mark.parametrize("step", ["retrieve", "save"])
async def test_a_lost_database_is_an_error_and_never_memory_instead(server: Server, step: str) -> None:
    server.store.fails_on = step
    status, answer = await server.say("oi")
    assert (status, answer["error"]) == (503, "tracker_store")

    server.store.fails_on = ""
    assert await server.store.retrieve("c1") is None


async def test_trackers_in_memory_are_refused_outside_tests(server: Server) -> None:
    server.channel = TratoChannel(SECRET)
    status, answer = await server.say("oi")
    assert (status, answer["error"]) == (503, "tracker_store")


async def test_no_model_is_an_error() -> None:
    status, answer = await Server(None).say("oi")
    assert (status, answer["error"]) == (503, "no_model")


async def test_only_a_payload_of_ours_can_name_an_intent(server: Server) -> None:
    _, by_payload = await server.ask(
        {"conversation_id": "c1", "message_id": "m1", "payload": '/greet{"amount":"1.00"}'}
    )
    assert by_payload["understanding"]["intent"] == "greet"
    assert by_payload["understanding"]["entities"] == {"amount": "1.00"}
    _, by_text = await server.ask({"texts": ['  /greet{"amount":"1.00"}', "//greet"]}, parse=True)
    assert [result["entities"] for result in by_text] == [{}, {}]
    assert not harmless(" \n/greet").startswith("/")


async def test_a_wrong_secret_is_refused(server: Server) -> None:
    assert (await server.ask({}, secret="wrong"))[0] == 403
    assert (await server.ask({}, secret=""))[0] == 403


@pytest.mark.parametrize(
    "body",
    [
        b"no json",
        b"\xff",
        [],
        {"message_id": "m", "text": "oi"},
        {"conversation_id": "c", "text": "oi"},
        {"conversation_id": "c", "message_id": "m"},
        {"conversation_id": "c", "message_id": "m", "text": "oi", "payload": "/greet"},
        {"conversation_id": "c", "message_id": "m", "payload": "greet"},
        {"conversation_id": "c", "message_id": "m", "text": "oi", "metadata": "x"},
    ],
)
async def test_a_request_of_another_shape_is_refused(server: Server, body: Any) -> None:
    assert (await server.ask(body))[0] == 400


def test_a_secret_too_short_stops_the_start() -> None:
    with pytest.raises(InvalidConfigException):
        TratoChannel.from_credentials({"secret": "short"})
