"""Twilio's transport on httpx, and Twilio's errors as ours.

Twilio's own asynchronous transport ignores its timeout, needs a running loop to be built, and loses Retry-After.
"""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any

import httpx
from twilio.base.exceptions import TwilioRestException, TwilioServiceException  # type: ignore[import-untyped]
from twilio.http import AsyncHttpClient  # type: ignore[import-untyped]
from twilio.http.response import Response  # type: ignore[import-untyped]

from bot.domain.errors import ChannelError, Rejected, TemporarilyUnavailable, Unreachable
from bot.domain.messages import ChannelKind

LONGEST_WAIT = timedelta(hours=1)  # a Retry-After beyond it is taken for a mistake

UNREACHABLE_CODES = frozenset(
    {
        21211,  # invalid "To" number
        21214,  # "To" can't be reached
        21217,  # "To" is no phone number
        21610,  # the person unsubscribed from this sender
        21612,  # no route from this sender to this number
        21614,  # "To" is no mobile number
        30004,  # blocked by the person or the carrier
        30005,  # unknown handset
        30006,  # landline
        63003,  # the channel knows no such "To" address
        63014,  # the person blocked or left this sender
        63024,  # invalid recipient: not on WhatsApp
        63032,  # WhatsApp does not let us write to this person
        63033,  # the person blocked this sender
    }
)
TEMPORARY_CODES = frozenset(
    {
        14107,  # send rate exceeded
        20429,  # too many requests
        20500,  # internal error
        20503,  # service unavailable
        21611,  # this sender's queue is full
        30001,  # queue overflow
        63010,  # Twilio's internal error on the channel
        63012,  # the channel's internal error
        63018,  # the channel's rate limit
        63022,  # the sender is being set up or moved
        63038,  # the account's daily limit
    }
)
"""Every other code refuses this very message: 20003 bad credentials, 63016 outside the 24 hours, 63007 unknown
sender, 21617 too long, … Source: https://www.twilio.com/docs/api/errors
"""


class TwilioHttpClient(AsyncHttpClient):  # type: ignore[misc]  # Twilio's client carries no types
    """The transport that `twilio.rest.Client` calls.

    Raises:
        TemporarilyUnavailable: the call did not get through, or the answer is 408, 429 or 5xx.
    """

    def __init__(self, client: httpx.AsyncClient) -> None:
        super().__init__(logging.getLogger("twilio"), True)
        self._client = client

    async def request(  # the signature is Twilio's
        self,
        method: str,
        url: str,
        params: dict[str, Any] | None = None,
        data: dict[str, Any] | None = None,
        headers: dict[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        timeout: float | None = None,  # noqa: ASYNC109
        allow_redirects: bool = False,
    ) -> Response:
        try:
            response = await self._client.request(
                method,
                url,
                params=params or None,
                data=data or None,
                headers=headers,
                auth=auth,
                timeout=timeout or self._client.timeout,
                follow_redirects=allow_redirects,
            )
        except httpx.HTTPError as error:
            raise TemporarilyUnavailable(channel=ChannelKind.WHATSAPP, detail=type(error).__name__) from error
        status = response.status_code
        if status in (httpx.codes.REQUEST_TIMEOUT, httpx.codes.TOO_MANY_REQUESTS) or response.is_server_error:
            raise TemporarilyUnavailable(
                retry_after=retry_after(response.headers.get("Retry-After")),
                channel=ChannelKind.WHATSAPP,
                status=status,
            )
        return Response(status, response.text, response.headers)


def retry_after(value: str | None) -> timedelta | None:
    """The header's seconds; None where it is missing or a date (Twilio sends seconds)."""
    try:
        seconds = float(value or "")
    except ValueError:
        return None
    if not 0 <= seconds <= LONGEST_WAIT.total_seconds():
        return LONGEST_WAIT if seconds > 0 else None
    return timedelta(seconds=seconds)


def is_unreachable(code: str | int | None) -> bool:
    """Whether Twilio's error code says that this address will never take a message of ours."""
    return str(code).isdecimal() and int(str(code)) in UNREACHABLE_CODES


def translated(error: TwilioRestException | TwilioServiceException, *, channel: ChannelKind) -> ChannelError:
    """Twilio's refusal as one of ours. Its text is left out: it may quote the number."""
    facts = {"channel": channel, "provider_code": error.code, "status": error.status}
    if error.code in TEMPORARY_CODES:
        return TemporarilyUnavailable(**facts)
    return Unreachable(**facts) if is_unreachable(error.code) else Rejected(**facts)
