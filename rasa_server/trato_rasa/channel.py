"""The only way into the Rasa server: the product asks for a turn, and gets its replies or an error.

Routes below /webhooks/trato, all but the last with the shared secret in `X-Trato-Secret`:

- `POST /messages` takes a turn, once per message id; asked again, it gives the same answer.
- `POST /parse` understands texts without touching any conversation.
- `GET /ready` answers 200 once a model is loaded, 503 before.

credentials.yml names this class by its module path; the options are those of `TratoChannel`.
"""

from __future__ import annotations

import asyncio
import hmac
import json
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any
from weakref import WeakValueDictionary

from rasa.core.agent import Agent
from rasa.core.channels.channel import CollectingOutputChannel, InputChannel, UserMessage
from rasa.core.lock_store import LockError
from rasa.shared.exceptions import InvalidConfigException
from sanic import Blueprint, response
from sanic.request import Request
from sanic.response import HTTPResponse

from trato_rasa.turn import FaithfulProcessor, TurnFailed
from trato_rasa.wire import (
    BadRequestError,
    TurnRequest,
    answer,
    events_of_turn,
    harmless,
    read_texts,
    read_turn,
    understanding,
)

logger = logging.getLogger(__name__)

SECRET_HEADER = "X-Trato-Secret"  # noqa: S105
FEWEST_SECRET_CHARACTERS = 16


class TratoChannel(InputChannel):
    """Rasa's side of the product's dialogue port.

    Args:
        secret: shared with the product; at least 16 characters.
        action_timeout_seconds: the longest that one custom action may take.
        wait_seconds: the longest that a turn waits for another one of its conversation.
        allow_memory: accept trackers in memory; for tests only.
    """

    def __init__(
        self,
        secret: str,
        action_timeout_seconds: float = 15.0,
        wait_seconds: float = 30.0,
        allow_memory: bool = False,
    ) -> None:
        self._secret = secret
        self._action_timeout_seconds = action_timeout_seconds
        self._wait_seconds = wait_seconds
        self._allow_memory = allow_memory
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._turns: set[asyncio.Task[dict[str, Any]]] = set()

    @classmethod
    def name(cls) -> str:
        """The channel's name, part of its address."""
        return "trato"

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> TratoChannel:
        """Read credentials.yml.

        Raises:
            InvalidConfigException: the secret is missing or too short.
        """
        options = dict(credentials or {})
        secret = str(options.pop("secret", "") or "")
        if len(secret) < FEWEST_SECRET_CHARACTERS:
            raise InvalidConfigException(f"TRATO_RASA_SECRET needs at least {FEWEST_SECRET_CHARACTERS} characters.")
        return cls(secret, **options)

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        """The routes. Rasa's own way to take a turn is passed by: it swallows failures."""
        blueprint = Blueprint("trato_channel")

        @blueprint.route("/ready", methods=["GET"])
        async def ready(request: Request) -> HTTPResponse:
            agent: Agent | None = getattr(request.app.ctx, "agent", None)
            if agent is None or not agent.is_ready():
                return response.json({"ready": False}, status=503)
            return response.json({"ready": True, "model": agent.processor.model_filename})

        @blueprint.route("/messages", methods=["POST"])
        async def messages(request: Request) -> HTTPResponse:
            return await self._guarded(request, self._take_turn)

        @blueprint.route("/parse", methods=["POST"])
        async def parse(request: Request) -> HTTPResponse:
            return await self._guarded(request, self._parse)

        return blueprint

    async def _guarded(self, request: Request, handle: Callable[[Request, Any], Awaitable[Any]]) -> HTTPResponse:
        given = str(request.headers.get(SECRET_HEADER, "")).encode()
        if not hmac.compare_digest(given, self._secret.encode()):
            return response.json({"error": "forbidden"}, status=403)
        try:
            return response.json(await handle(request, json.loads(request.body)))
        except (BadRequestError, UnicodeDecodeError, json.JSONDecodeError) as error:
            return response.json({"error": "bad_request", "detail": str(error)}, status=400)
        except TurnFailed as failure:
            logger.error("A request failed: %s", failure)
            return response.json({"error": failure.code, "detail": failure.detail}, status=failure.status)
        except Exception as error:
            logger.exception("A request crashed.")
            return response.json({"error": "turn_failed", "detail": type(error).__name__}, status=500)

    async def _take_turn(self, request: Request, body: Any) -> dict[str, Any]:
        turn = read_turn(body)
        # The turn outlives a client that hangs up: its actions may have run, and the next try finds the answer.
        task = asyncio.get_running_loop().create_task(self._answered(request.app.ctx.agent, turn))
        self._turns.add(task)
        task.add_done_callback(self._turns.discard)
        return await asyncio.shield(task)

    async def _answered(self, agent: Agent, turn: TurnRequest) -> dict[str, Any]:
        async with self._alone(agent, turn.conversation_id):
            processor = self._processor(agent)
            known = await self._recall(processor, turn)
            if known is None:
                await processor.handle_message(
                    UserMessage(
                        turn.message,
                        CollectingOutputChannel(),
                        turn.conversation_id,
                        input_channel=self.name(),
                        message_id=turn.message_id,
                        metadata=turn.metadata,
                    )
                )
                known = await self._recall(processor, turn)
            if known is None:
                raise TurnFailed("turn_failed", 500, "the tracker does not hold the message after its turn")
            return known

    @staticmethod
    async def _recall(processor: FaithfulProcessor, turn: TurnRequest) -> dict[str, Any] | None:
        tracker = await processor.tracker_store.retrieve(turn.conversation_id)
        found = events_of_turn(tracker.events, turn.message_id) if tracker is not None else None
        return None if found is None else answer(*found)

    @asynccontextmanager
    async def _alone(self, agent: Agent, conversation_id: str) -> AsyncIterator[None]:
        """One turn of a conversation at a time, in this process by our lock, beyond it by Rasa's lock store."""
        lock = self._locks.setdefault(conversation_id, asyncio.Lock())
        try:
            await asyncio.wait_for(lock.acquire(), self._wait_seconds)
        except asyncio.TimeoutError as error:
            raise TurnFailed("busy", 503, "another turn of this conversation takes too long") from error
        try:
            async with agent.lock_store.lock(conversation_id):
                yield
        except LockError as error:
            raise TurnFailed("busy", 503, "the lock of this conversation was not free in time") from error
        finally:
            lock.release()

    async def _parse(self, request: Request, body: Any) -> list[dict[str, Any]]:
        texts, metadata = read_texts(body)
        processor = self._processor(request.app.ctx.agent)
        results = []
        for text in texts:
            parsed = await processor.parse_message(UserMessage(harmless(text), metadata=metadata))
            results.append({"text": text, **understanding(parsed)})
            await asyncio.sleep(0)  # lets turns pass between two texts of a long list
        return results

    def _processor(self, agent: Agent | None) -> FaithfulProcessor:
        if agent is None:
            raise TurnFailed("no_model", 503)
        return FaithfulProcessor(
            agent, action_timeout_seconds=self._action_timeout_seconds, allow_memory=self._allow_memory
        )
