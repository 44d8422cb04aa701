"""A stand-in for Telegram's Bot API: messages, buttons, files, webhooks and long polling.

As a process: `python -m tests.standins.telegram --port 9002 --product http://127.0.0.1:8080`. Steered by
`POST /_update` (an update as JSON, or {"text": …, "chat_id": …}), `POST /_block`, `POST /_fail`, `GET /_messages`.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import httpx
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.standins import specs
from tests.standins import telegram_updates as updates
from tests.standins.server import Failure, StandIn, post

TOKEN = "123456:stand-in-token-AAAAAAAAAAAAAAAAAAAA"
SECRET = "stand-in_webhook-secret"
WEBHOOK_PATH = "/webhooks/telegram"
SENDING = frozenset({"sendmessage", "sendphoto", "senddocument"})


@dataclass(frozen=True, slots=True)
class Shown:
    """A message of the bot's, as the person sees it."""

    message_id: int
    chat_id: int
    method: str
    text: str
    reply_markup: dict[str, Any] | None
    at: float

    @property
    def buttons(self) -> dict[str, str]:
        """Title → callback data of the inline buttons."""
        rows = (self.reply_markup or {}).get("inline_keyboard", [])
        return {key["text"]: key.get("callback_data", "") for row in rows for key in row}


class TelegramStandIn(StandIn):
    """Telegram as the bot sees it. `messages` is what the bot sent, in order.

    Without a webhook (`setWebhook`, or `webhook_url` here) updates wait for `getUpdates`.
    """

    def __init__(
        self, *, token: str = TOKEN, secret: str = SECRET, webhook_url: str | None = None, **server: Any
    ) -> None:
        self.token = token
        self.secret: str | None = secret
        self.webhook_url = webhook_url
        self.messages: list[Shown] = []
        self.files: dict[str, bytes] = {}
        self.blocked: set[int] = set()
        self.unknown_chats: set[int] = set()
        self.answered_callbacks: list[str] = []
        self.allowed_updates: list[str] | None = None
        self._callbacks: set[str] = set()
        self._queue: list[updates.Update] = []
        super().__init__(**server)

    # ── steering ──

    def texts_to(self, chat_id: int) -> list[str]:
        """What the bot wrote to a chat, in order."""
        return [message.text for message in list(self.messages) if message.chat_id == chat_id]

    def duplicates(self) -> list[tuple[int, str]]:
        """Texts that one chat got more than once."""
        seen = Counter((message.chat_id, message.text) for message in list(self.messages))
        return [pair for pair, count in seen.items() if count > 1]

    def press(self, shown: Shown, title: str) -> updates.Update:
        """The update of pressing a button that the bot showed."""
        return updates.button(shown.buttons[title], title, chat_id=shown.chat_id)

    def queue(self, update: updates.Update) -> None:
        """Keep an update for `getUpdates`."""
        self._note(update)
        self._queue.append(update)

    async def deliver(self, update: updates.Update, *, times: int = 1, attempts: int = 1) -> list[httpx.Response]:
        """Post an update to the webhook, `times` over (redeliveries), each again after errors."""
        self._note(update)
        target = self.to_product(self.webhook_url or self.public(WEBHOOK_PATH))
        headers = {"X-Telegram-Bot-Api-Secret-Token": self.secret} if self.secret else {}
        return [await post(target, json=update, headers=headers, attempts=attempts) for _ in range(times)]

    def _note(self, update: updates.Update) -> None:
        if (spec := specs.telegram()) is not None:
            self.violations.extend(spec.check_value(update, "Update"))
        if "callback_query" in update:
            self._callbacks.add(update["callback_query"]["id"])

    # ── HTTP ──

    def routes(self) -> list[Route]:
        return [
            Route("/bot{token}/{method}", self._method, methods=["GET", "POST"]),
            Route("/file/bot{token}/{path:path}", self._file),
            Route("/_update", self._post_update, methods=["POST"]),
            Route("/_block", self._post_block, methods=["POST"]),
            Route("/_messages", self._get_messages),
        ]

    def error_response(self, failure: Failure) -> Response:
        status = failure.status or 500
        words = {
            400: "Bad Request: stand-in was told to fail",
            403: "Forbidden: bot was blocked by the user",
            429: f"Too Many Requests: retry after {failure.retry_after}",
        }.get(status, "Internal Server Error")
        parameters = {"retry_after": failure.retry_after} if failure.retry_after is not None else None
        return _error(status, str(failure.code or words), parameters)

    async def _method(self, request: Request) -> Response:
        method = request.path_params["method"].lower()
        fields = await _fields(request)
        self.record(request, fields)
        if request.path_params["token"] != self.token:
            return _error(401, "Unauthorized")
        spec = specs.telegram()
        if spec is not None and (problems := spec.check_call(method, fields)):
            self.violations.extend(problems)
            return _error(400, f"Bad Request: {problems[0]}")
        if method in SENDING:
            return self._send(method, fields)
        match method:
            case "getme":
                return _ok({**updates.BOT, "can_join_groups": False, "supports_inline_queries": False})
            case "getupdates":
                return await self._get_updates(fields)
            case "setwebhook":
                self.webhook_url = fields["url"] or None
                self.secret = fields.get("secret_token")
                self.allowed_updates = json.loads(fields.get("allowed_updates", "null"))
                return _ok(True)
            case "deletewebhook":
                self.webhook_url = None
                return _ok(True)
            case "getwebhookinfo":
                return _ok({"url": self.webhook_url or "", "has_custom_certificate": False, "pending_update_count": 0})
            case "answercallbackquery":
                return self._answer_callback(fields["callback_query_id"])
            case "sendchataction":
                return self._refusal(fields) or _ok(True)
            case "getfile":
                return self._get_file(fields["file_id"])
        return _error(404, "Not Found")

    def _send(self, method: str, fields: dict[str, Any]) -> Response:
        words = fields.get("text") or fields.get("caption", "")
        markup = json.loads(fields["reply_markup"]) if "reply_markup" in fields else None
        if refused := self._refusal(fields) or _refused_content(method, words, markup):
            return refused
        shown = Shown(len(self.messages) + 1001, int(fields["chat_id"]), method, words, markup, time.time())
        self.messages.append(shown)
        chat = {"id": shown.chat_id, "type": "private", "first_name": "Maria"}
        answer: dict[str, Any] = {
            "message_id": shown.message_id,
            "from": updates.BOT,
            "chat": chat,
            "date": int(shown.at),
        }
        if method == "sendmessage":
            answer["text"] = words.strip()  # Telegram trims
        if markup is not None and "inline_keyboard" in markup:
            answer["reply_markup"] = markup
        if (spec := specs.telegram()) is not None:
            self.violations.extend(spec.check_value(answer, "Message"))
        return _ok(answer)

    def _refusal(self, fields: dict[str, Any]) -> Response | None:
        chat = fields["chat_id"]
        if not chat.lstrip("-").isdecimal() or int(chat) in self.unknown_chats:
            return _error(400, "Bad Request: chat not found")
        return _error(403, "Forbidden: bot was blocked by the user") if int(chat) in self.blocked else None

    def _answer_callback(self, callback_id: str) -> Response:
        if callback_id not in self._callbacks:
            return _error(400, "Bad Request: query is too old and response timeout expired or query ID is invalid")
        self.answered_callbacks.append(callback_id)
        return _ok(True)

    async def _get_updates(self, fields: dict[str, Any]) -> Response:
        if self.webhook_url:
            return _error(409, "Conflict: can't use getUpdates method while webhook is active")
        offset = int(fields.get("offset", "0"))
        self._queue = [update for update in self._queue if update["update_id"] >= offset]
        deadline = time.monotonic() + float(fields.get("timeout", "0"))
        while not self._queue and time.monotonic() < deadline and not self._server.should_exit:  # noqa: ASYNC110
            await asyncio.sleep(0.02)  # the queue is filled from another thread
        return _ok(self._queue[: int(fields.get("limit", "100"))])

    def _get_file(self, file_id: str) -> Response:
        if file_id not in self.files:
            return _error(400, "Bad Request: invalid file_id")
        size = len(self.files[file_id])
        return _ok({"file_id": file_id, "file_unique_id": file_id, "file_size": size, "file_path": f"files/{file_id}"})

    async def _file(self, request: Request) -> Response:
        self.record(request, {})
        content = self.files.get(request.path_params["path"].removeprefix("files/"))
        if request.path_params["token"] != self.token or content is None:
            return _error(404, "Not Found")
        return Response(content, media_type="application/octet-stream")

    async def _post_update(self, request: Request) -> Response:
        order = await request.json()
        times = order.pop("times", 1)
        update = order if "update_id" in order else updates.text(order.pop("text"), **order)
        if self.webhook_url is None and self.product_url is None:
            self.queue(update)
            return JSONResponse({"queued": update["update_id"]})
        responses = await self.deliver(update, times=times)
        return JSONResponse({"posted": [response.status_code for response in responses], "update": update})

    async def _post_block(self, request: Request) -> Response:
        self.blocked.add(int((await request.json())["chat_id"]))
        return Response(status_code=204)

    async def _get_messages(self, request: Request) -> Response:
        shown: Iterable[Shown] = list(self.messages)
        return JSONResponse(
            [
                {"at": m.at, "message_id": m.message_id, "chat_id": m.chat_id, "text": m.text, "buttons": m.buttons}
                for m in shown
            ]
        )

    def reset(self) -> None:
        super().reset()
        self.messages.clear()
        self.answered_callbacks.clear()
        self.blocked.clear()
        self.unknown_chats.clear()


async def _fields(request: Request) -> dict[str, Any]:
    """The parameters, however they came: query, form, multipart or JSON; values as strings."""
    fields: dict[str, Any] = dict(request.query_params)
    if request.headers.get("content-type", "").startswith("application/json"):
        posted = await request.json()
        return fields | {n: v if isinstance(v, str) else json.dumps(v) for n, v in posted.items()}
    for name, value in (await request.form()).items():
        fields[name] = f"<{value.filename}>" if isinstance(value, UploadFile) else value
    return fields


def _refused_content(method: str, words: str, markup: dict[str, Any] | None) -> Response | None:
    if method == "sendmessage" and not words.strip():
        return _error(400, "Bad Request: message text is empty")
    if len(words) > (4096 if method == "sendmessage" else 1024):
        return _error(400, "Bad Request: message is too long")
    for row in (markup or {}).get("inline_keyboard", []):
        for key in row:
            if "callback_data" in key and not 1 <= len(key["callback_data"].encode()) <= 64:
                return _error(400, "Bad Request: BUTTON_DATA_INVALID")
    return None


def _ok(result: Any) -> Response:
    return JSONResponse({"ok": True, "result": result})


def _error(status: int, words: str, parameters: dict[str, Any] | None = None) -> Response:
    more = {"parameters": parameters} if parameters else {}
    return JSONResponse({"ok": False, "error_code": status, "description": words, **more}, status)


def main() -> None:
    parser = argparse.ArgumentParser(description="Telegram's stand-in")
    parser.add_argument("--port", type=int, default=9002)
    parser.add_argument("--product", help="where the product listens; without it updates wait for getUpdates")
    parser.add_argument("--public", help="the product's public URL, as it gives it to setWebhook")
    parser.add_argument("--token", default=TOKEN)
    parser.add_argument("--secret", default=SECRET)
    options = parser.parse_args()
    standin = TelegramStandIn(
        port=options.port,
        product_url=options.product,
        public_url=options.public,
        token=options.token,
        secret=options.secret,
    )
    print(f"Telegram's stand-in on {standin.base_url}", flush=True)
    standin.serve_for_ever()


if __name__ == "__main__":
    main()
