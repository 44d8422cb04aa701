"""What the stand-ins share: a server in a thread, a record of every call, and failures on demand."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections import deque
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Self

import httpx
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send


@dataclass(frozen=True, slots=True)
class Call:
    """One call that the product made. `at` is in seconds since the epoch."""

    at: float
    method: str
    path: str
    fields: Mapping[str, Any]


@dataclass(slots=True)
class Failure:
    """How the next `times` calls whose path contains `path` go wrong.

    Attributes:
        status: answered instead of the work; None: the work is done.
        code: the provider's own error code or text; each stand-in says how it shows it.
        retry_after: seconds, as the provider says them.
        delay: seconds between the work and the answer.
        drop: close the connection instead of answering; with `status` None, after the work was done.
    """

    times: int = 1
    path: str = ""
    status: int | None = None
    code: int | str | None = None
    retry_after: int | None = None
    delay: float = 0.0
    drop: bool = False


@dataclass(slots=True)
class Recorded:
    """What the stand-in knows. Lists only grow, so a test may read them while the server runs."""

    calls: list[Call] = field(default_factory=list)
    violations: list[str] = field(default_factory=list)
    failures: deque[Failure] = field(default_factory=deque)
    lock: threading.Lock = field(default_factory=threading.Lock)


class StandIn:
    """A provider's server on a free port of the loopback, in a thread of its own.

    Subclasses give `routes()` and `error_response()`. `violations` is what a call broke of the provider's own
    specification: a test should end with `assert standin.violations == []`.
    """

    def __init__(self, *, port: int = 0, product_url: str | None = None, public_url: str | None = None) -> None:
        """Take the port; nothing is served before `start`.

        Args:
            product_url: where the product really listens.
            public_url: what the product believes its public URL to be; signatures are made over this one.
        """
        self._state = Recorded()
        self.product_url = product_url
        self.public_url = public_url
        self._socket = socket.create_server(("127.0.0.1", port))
        self.port: int = self._socket.getsockname()[1]
        self._server = uvicorn.Server(
            uvicorn.Config(
                _FailureGate(self._app(), self), log_level="warning", lifespan="off", timeout_graceful_shutdown=1
            )
        )
        self._thread: threading.Thread | None = None

    # ── life ──

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> Self:
        self._thread = threading.Thread(target=self._server.run, kwargs={"sockets": [self._socket]}, daemon=True)
        self._thread.start()
        while not self._server.started:
            if not self._thread.is_alive():
                raise RuntimeError("the stand-in did not start")
            time.sleep(0.01)
        return self

    def stop(self) -> None:
        self._server.should_exit = True
        if self._thread is not None:
            self._thread.join(timeout=5)
        self._socket.close()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *exc: object) -> None:
        self.stop()

    def serve_for_ever(self) -> None:
        """Serve in this thread, as a process of its own."""
        self._server.run(sockets=[self._socket])

    # ── what happened, what shall happen ──

    @property
    def calls(self) -> list[Call]:
        return self._state.calls

    @property
    def violations(self) -> list[str]:
        return self._state.violations

    def fail_next(self, times: int = 1, **how: Any) -> None:
        """Make the next calls fail; see `Failure`."""
        with self._state.lock:
            self._state.failures.append(Failure(times=times, **how))

    def take_failure(self, path: str) -> Failure | None:
        with self._state.lock:
            for failure in self._state.failures:
                if failure.path in path:
                    failure.times -= 1
                    if failure.times <= 0:
                        self._state.failures.remove(failure)
                    return failure
        return None

    def record(self, request: Request, fields: Mapping[str, Any]) -> None:
        self._state.calls.append(Call(time.time(), request.method, request.url.path, fields))

    def reset(self) -> None:
        """Forget the calls, the violations and the failures to come."""
        self._state.calls.clear()
        self._state.violations.clear()
        self._state.failures.clear()

    def wait_for_calls(self, count: int, *, path: str = "", timeout: float = 10.0) -> list[Call]:
        """Wait until so many calls with this path came in. Raises TimeoutError."""
        deadline = time.monotonic() + timeout
        while time.monotonic() < deadline:
            found = [call for call in list(self.calls) if path in call.path]
            if len(found) >= count:
                return found
            time.sleep(0.02)
        raise TimeoutError(f"{len(self.calls)} calls came, {count} with {path!r} were expected")

    def to_product(self, url: str) -> str:
        """Where a public URL of the product really is."""
        if self.public_url and self.product_url and url.startswith(self.public_url):
            return self.product_url + url.removeprefix(self.public_url)
        return url

    def public(self, path: str) -> str:
        """The public URL of a path of the product."""
        base = self.public_url or self.product_url
        if base is None:
            raise ValueError("the stand-in knows no product: give product_url or public_url")
        return base.rstrip("/") + path

    # ── HTTP ──

    def routes(self) -> list[Route]:
        raise NotImplementedError

    def error_response(self, failure: Failure) -> Response:
        raise NotImplementedError

    def _app(self) -> Starlette:
        control = [
            Route("/_calls", self._get_calls),
            Route("/_fail", self._post_fail, methods=["POST"]),
            Route("/_reset", self._post_reset, methods=["POST"]),
        ]
        return Starlette(routes=control + self.routes())

    async def _get_calls(self, request: Request) -> Response:
        return JSONResponse({"calls": [asdict(call) for call in self.calls], "violations": self.violations})

    async def _post_fail(self, request: Request) -> Response:
        self.fail_next(**await request.json())
        return Response(status_code=204)

    async def _post_reset(self, request: Request) -> Response:
        self.reset()
        return Response(status_code=204)


class _FailureGate:
    """Applies the failures that were asked for, below the application, where a connection can be cut."""

    def __init__(self, app: ASGIApp, standin: StandIn) -> None:
        self._app = app
        self._standin = standin

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope.get("path", "")
        failure = None if path.startswith("/_") else self._standin.take_failure(path)
        if failure is None:
            await self._app(scope, receive, send)
            return
        if failure.status is not None:
            await asyncio.sleep(failure.delay)
            self._standin.calls.append(Call(time.time(), scope["method"], path, {"failed": failure.status}))
            await self._standin.error_response(failure)(scope, receive, send)
        else:
            await self._app(scope, receive, _swallow if failure.drop else _late(send, failure.delay))
        if failure.drop:
            receive.__self__.transport.abort()  # type: ignore[attr-defined]  # uvicorn's cycle
            await asyncio.sleep(0.05)  # uvicorn must see that the client is gone, or it would answer 500


def _late(send: Send, seconds: float) -> Send:
    async def send_late(message: Message) -> None:
        if message["type"] == "http.response.start":
            await asyncio.sleep(seconds)
        await send(message)

    return send_late


async def _swallow(message: Message) -> None:
    """Discards an answer that shall never arrive."""


async def post(url: str, *, attempts: int = 1, pause: float = 0.5, **request: Any) -> httpx.Response:
    """Post to the product as a provider does: again after an error, up to `attempts` times."""
    async with httpx.AsyncClient(timeout=15, verify=False) as client:  # plain HTTP: a context for TLS costs 30 ms
        for attempt in range(1, attempts + 1):
            try:
                response = await client.post(url, **request)
                if response.is_success or attempt == attempts:
                    return response
            except httpx.HTTPError:
                if attempt == attempts:
                    raise
            await asyncio.sleep(pause)
    raise AssertionError("attempts must be at least 1")
