"""A stand-in for Twilio: messages of the 2010-04-01 API, media, signed webhooks and status callbacks.

As a process: `python -m tests.standins.twilio --port 9001 --product http://127.0.0.1:8080`. Steered by
`POST /_inbound` (a form's fields as JSON; "times" for redeliveries), `POST /_auto`, `POST /_fail`, `GET /_messages`.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import json
import re
import secrets
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any

import httpx
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from twilio.request_validator import RequestValidator  # type: ignore[import-untyped]

from tests.standins import specs
from tests.standins.server import Failure, StandIn, post

ACCOUNT_SID = "AC" + "0123456789abcdef" * 2
AUTH_TOKEN = "stand-in-auth-token"
SENDER = "whatsapp:+551140028922"
INBOUND_PATH = "/webhooks/whatsapp"
_ADDRESS = re.compile(r"(whatsapp:)?\+[1-9][0-9]{7,14}")


def new_sid(prefix: str = "SM") -> str:
    return prefix + secrets.token_hex(16)


# ── what people send: forms as Twilio posts them ──


def text(
    body: str, *, sender: str = "+5511988887777", to: str = SENDER, name: str = "Maria", **more: str
) -> dict[str, str]:
    sid = new_sid()
    return {
        "SmsMessageSid": sid,
        "NumMedia": "0",
        "ProfileName": name,
        "MessageType": "text",
        "SmsSid": sid,
        "WaId": sender.removeprefix("whatsapp:").removeprefix("+"),
        "SmsStatus": "received",
        "Body": body,
        "To": to,
        "NumSegments": "1",
        "ReferralNumMedia": "0",
        "MessageSid": sid,
        "AccountSid": ACCOUNT_SID,
        "From": f"whatsapp:{sender.removeprefix('whatsapp:')}",
        "ApiVersion": "2010-04-01",
        **more,
    }


def button(payload: str, title: str, *, replied_sid: str = "", **more: str) -> dict[str, str]:
    return text(
        title,
        MessageType="button",
        ButtonPayload=payload,
        ButtonText=title,
        OriginalRepliedMessageSid=replied_sid or new_sid(),
        OriginalRepliedMessageSender=SENDER,
        **more,
    )


def list_choice(list_id: str, title: str, **more: str) -> dict[str, str]:
    return text(title, MessageType="interactive", ListId=list_id, ListTitle=title, **more)


def media(url: str, content_type: str, *, body: str = "", **more: str) -> dict[str, str]:
    kind = "sticker" if content_type == "image/webp" else content_type.partition("/")[0]
    kind = {"application": "document", "text": "contacts"}.get(kind, kind)
    return text(body, MessageType=kind, NumMedia="1", MediaUrl0=url, MediaContentType0=content_type, **more)


def location(latitude: str, longitude: str, **more: str) -> dict[str, str]:
    return text("", MessageType="location", Latitude=latitude, Longitude=longitude, **more)


def sign(url: str, form: dict[str, str], *, auth_token: str = AUTH_TOKEN) -> str:
    """The X-Twilio-Signature of a form posted to this public URL."""
    return str(RequestValidator(auth_token).compute_signature(url, form))


@dataclass(slots=True)
class Accepted:
    """A message that the stand-in took."""

    sid: str
    fields: dict[str, str]
    created_at: datetime
    status: str = "queued"
    error_code: int | None = None
    reported: list[str] = field(default_factory=list)


class TwilioStandIn(StandIn):
    """Twilio as the product sees it. `messages` is what was accepted, in order."""

    def __init__(
        self,
        *,
        account_sid: str = ACCOUNT_SID,
        auth_token: str = AUTH_TOKEN,
        senders: frozenset[str] = frozenset({SENDER}),
        **server: Any,
    ) -> None:
        self.account_sid = account_sid
        self.auth_token = auth_token
        self.senders = senders
        self.messages: list[Accepted] = []
        self.media: dict[str, tuple[str, bytes]] = {}
        self._auto: dict[str, tuple[list[str], int | None, float]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        super().__init__(**server)

    # ── steering ──

    def auto_status(self, *statuses: str, to: str = "*", error_code: int | None = None, pause: float = 0.05) -> None:
        """Report these statuses of every message to this address ("*": any) soon after it was accepted."""
        self._auto[to] = (list(statuses), error_code, pause)

    def add_media(self, content: bytes, content_type: str) -> str:
        """Keep a file as it came in; its media URL."""
        message, media_sid = new_sid("MM"), new_sid("ME")
        self.media[media_sid] = (content_type, content)
        return f"{self.base_url}/2010-04-01/Accounts/{self.account_sid}/Messages/{message}/Media/{media_sid}"

    def texts_to(self, address: str) -> list[str]:
        """What was sent to an E.164 number, in order."""
        return [m.fields.get("Body", "") for m in list(self.messages) if m.fields["To"].endswith(address)]

    def duplicates(self) -> list[tuple[str, str]]:
        """Texts that one address got more than once."""
        seen = Counter((m.fields["To"], m.fields.get("Body", "")) for m in list(self.messages))
        return [pair for pair, count in seen.items() if count > 1]

    def signed(self, form: dict[str, str], path: str = INBOUND_PATH) -> tuple[str, dict[str, str]]:
        """The public URL and the headers with which Twilio would post this form."""
        url = self.public(path)
        return url, {
            "X-Twilio-Signature": sign(url, form, auth_token=self.auth_token),
            "I-Twilio-Idempotency-Token": new_sid("IT"),
        }

    async def inbound(
        self, form: dict[str, str], *, path: str = INBOUND_PATH, times: int = 1, attempts: int = 1
    ) -> list[httpx.Response]:
        """Post a person's message to the product, `times` over (redeliveries), each again after errors."""
        url, headers = self.signed(form, path)
        target = self.to_product(url)
        return [await post(target, data=form, headers=headers, attempts=attempts) for _ in range(times)]

    async def report(
        self, sid: str, status: str, *, error_code: int | None = None, url: str | None = None
    ) -> httpx.Response:
        """Post a status callback for an accepted message, to `url` or where the message asked for it."""
        message = next(m for m in self.messages if m.sid == sid)
        url = url or message.fields["StatusCallback"]
        message.status, message.error_code = status, error_code
        message.reported.append(status)
        form = {
            "ChannelPrefix": "whatsapp",
            "ApiVersion": "2010-04-01",
            "MessageStatus": status,
            "SmsSid": sid,
            "SmsStatus": status,
            "ChannelInstallSid": "XE" + sid[2:],
            "To": message.fields["To"],
            "From": message.fields.get("From", SENDER),
            "MessageSid": sid,
            "AccountSid": self.account_sid,
        }
        if error_code is not None:
            form |= {"ErrorCode": str(error_code), "ErrorMessage": "stand-in"}
        signature = sign(url, form, auth_token=self.auth_token)
        return await post(self.to_product(url), data=form, headers={"X-Twilio-Signature": signature})

    # ── HTTP ──

    def routes(self) -> list[Route]:
        account = "/2010-04-01/Accounts/{account}"
        return [
            Route(account + "/Messages.json", self._create, methods=["POST"]),
            Route(account + "/Messages.json", self._list),
            Route(account + "/Messages/{sid}.json", self._fetch),
            Route(account + "/Messages/{sid}/Media/{media}", self._media),
            Route("/_inbound", self._post_inbound, methods=["POST"]),
            Route("/_auto", self._post_auto, methods=["POST"]),
            Route("/_messages", self._get_messages),
        ]

    def error_response(self, failure: Failure) -> Response:
        status = failure.status or 500
        code = int(failure.code) if failure.code is not None else {429: 20429, 401: 20003}.get(status, 20500)
        headers = {"Retry-After": str(failure.retry_after)} if failure.retry_after is not None else None
        return _error(status, code, "stand-in was told to fail", headers)

    async def _create(self, request: Request) -> Response:
        form = [(name, str(value)) for name, value in (await request.form()).multi_items()]
        fields = dict(form)
        self.record(request, fields)
        if refused := self._unauthorized(request) or self._refusal(fields):
            return refused
        message = Accepted(new_sid("MM" if "MediaUrl" in fields else "SM"), fields, datetime.now(UTC))
        self.messages.append(message)
        answer = json.dumps(self._resource(message))
        self.violations.extend(specs.check_twilio("POST", request.url.path, query=[], form=form, answer=(201, answer)))
        self._schedule_reports(message)
        return Response(answer, 201, media_type="application/json")

    async def _list(self, request: Request) -> Response:
        query = request.query_params.multi_items()
        self.record(request, dict(query))
        if refused := self._unauthorized(request):
            return refused
        known = specs.twilio_fields("get")
        if known is not None and (unknown := dict(query).keys() - known):
            self.violations.append(f"GET Messages: no such fields {sorted(unknown)}")
        wanted = dict(query)
        after = wanted.get("DateSent>")
        found = [
            message
            for message in reversed(self.messages)
            if wanted.get("To") in (None, message.fields["To"])
            and wanted.get("From") in (None, message.fields.get("From"))
            and (after is None or message.created_at >= _instant(after))
        ][: int(wanted.get("PageSize", "50"))]
        answer = json.dumps(
            {
                "messages": [self._resource(message) for message in found],
                "end": max(0, len(found) - 1),
                "first_page_uri": request.url.path,
                "next_page_uri": None,
                "page": 0,
                "page_size": int(wanted.get("PageSize", "50")),
                "previous_page_uri": None,
                "start": 0,
                "uri": request.url.path,
            }
        )
        self.violations.extend(specs.check_twilio("GET", request.url.path, query=query, form=[], answer=(200, answer)))
        return Response(answer, media_type="application/json")

    async def _fetch(self, request: Request) -> Response:
        self.record(request, {})
        if refused := self._unauthorized(request):
            return refused
        found = next((m for m in self.messages if m.sid == request.path_params["sid"]), None)
        return JSONResponse(self._resource(found)) if found else _error(404, 20404, "not found")

    async def _media(self, request: Request) -> Response:
        self.record(request, {})
        if refused := self._unauthorized(request):
            return refused
        if request.path_params["media"] not in self.media:
            return _error(404, 20404, "not found")
        content_type, content = self.media[request.path_params["media"]]
        return Response(content, media_type=content_type)

    def _unauthorized(self, request: Request) -> Response | None:
        expected = base64.b64encode(f"{self.account_sid}:{self.auth_token}".encode()).decode()
        if request.headers.get("authorization") == f"Basic {expected}":
            return None
        return _error(401, 20003, "Authenticate")

    def _refusal(self, fields: dict[str, str]) -> Response | None:
        """What Twilio itself refuses, the OpenAPI file or not."""
        known = specs.twilio_fields("post")
        if known is not None and (unknown := fields.keys() - known):
            self.violations.append(f"POST Messages: no such fields {sorted(unknown)}")
        if not _ADDRESS.fullmatch(fields.get("To", "")):
            return _error(400, 21211, "The 'To' number is not a valid phone number.")
        sender = fields.get("From", "")
        if sender not in self.senders and "MessagingServiceSid" not in fields:
            code = 63007 if sender.startswith("whatsapp:") else 21606
            return _error(400, code, "The From address is not one of this account's.")
        body = fields.get("Body", "")
        if not body and "ContentSid" not in fields and "MediaUrl" not in fields:
            return _error(400, 21602, "Message body is required.")
        if len(body) > 1600:
            return _error(400, 21617, "The concatenated message body exceeds the 1600 character limit.")
        if "ContentVariables" in fields:
            try:
                json.loads(fields["ContentVariables"])
            except ValueError:
                return _error(400, 21656, "The ContentVariables parameter is invalid.")
        return None

    def _schedule_reports(self, message: Accepted) -> None:
        statuses, error_code, pause = self._auto.get(message.fields["To"]) or self._auto.get("*", ([], None, 0.0))
        if statuses and "StatusCallback" in message.fields:
            task = asyncio.create_task(self._report_all(message.sid, statuses, error_code, pause))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _report_all(self, sid: str, statuses: list[str], error_code: int | None, pause: float) -> None:
        for status in statuses:
            await asyncio.sleep(pause)
            failed = status in ("failed", "undelivered")
            try:
                await self.report(sid, status, error_code=error_code if failed else None)
            except httpx.HTTPError as error:
                self.violations.append(f"status callback {status}: {error!r}")

    def _resource(self, message: Accepted) -> dict[str, Any]:
        created = format_datetime(message.created_at)
        uri = f"/2010-04-01/Accounts/{self.account_sid}/Messages/{message.sid}"
        return {
            "account_sid": self.account_sid,
            "api_version": "2010-04-01",
            "body": message.fields.get("Body", ""),
            "date_created": created,
            "date_sent": None if message.status == "queued" else created,
            "date_updated": created,
            "direction": "outbound-api",
            "error_code": message.error_code,
            "error_message": None,
            "from": message.fields.get("From"),
            "messaging_service_sid": None,
            "num_media": "0",
            "num_segments": "1",
            "price": None,
            "price_unit": None,
            "sid": message.sid,
            "status": message.status,
            "subresource_uris": {"media": f"{uri}/Media.json"},
            "to": message.fields["To"],
            "uri": f"{uri}.json",
        }

    async def _post_inbound(self, request: Request) -> Response:
        order = await request.json()
        times = order.pop("times", 1)
        body = order.pop("Body", "")
        sender = order.pop("From", "+5511988887777")
        responses = await self.inbound(text(body, sender=sender, **order), times=times)
        return JSONResponse([response.status_code for response in responses])

    async def _post_auto(self, request: Request) -> Response:
        order = await request.json()
        self.auto_status(*order.pop("statuses"), **order)
        return Response(status_code=204)

    async def _get_messages(self, request: Request) -> Response:
        return JSONResponse([{"at": m.created_at.isoformat(), **self._resource(m)} for m in self.messages])

    def reset(self) -> None:
        super().reset()
        self.messages.clear()
        self._auto.clear()


def _error(status: int, code: int, words: str, headers: dict[str, str] | None = None) -> Response:
    more_info = f"https://www.twilio.com/docs/errors/{code}"
    return JSONResponse({"code": code, "message": words, "more_info": more_info, "status": status}, status, headers)


def _instant(value: str) -> datetime:
    at = datetime.fromisoformat(value)
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def main() -> None:
    parser = argparse.ArgumentParser(description="Twilio's stand-in")
    parser.add_argument("--port", type=int, default=9001)
    parser.add_argument("--product", default="http://127.0.0.1:8080", help="where the product listens")
    parser.add_argument("--public", help="the product's public URL, over which signatures are made")
    parser.add_argument("--account-sid", default=ACCOUNT_SID)
    parser.add_argument("--auth-token", default=AUTH_TOKEN)
    parser.add_argument("--sender", action="append", default=None, help="an address that may send (repeatable)")
    options = parser.parse_args()
    standin = TwilioStandIn(
        port=options.port,
        product_url=options.product,
        public_url=options.public,
        account_sid=options.account_sid,
        auth_token=options.auth_token,
        senders=frozenset(options.sender or [SENDER]),
    )
    print(f"Twilio's stand-in on {standin.base_url}", flush=True)
    standin.serve_for_ever()


if __name__ == "__main__":
    main()
