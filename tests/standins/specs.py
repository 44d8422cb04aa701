"""The providers' own descriptions of their interfaces, to check calls and answers against.

They lie outside the repository; without them the stand-ins check only what they know themselves.
"""

from __future__ import annotations

import json
import os
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from openapi_core import Config, OpenAPI
from openapi_core.exceptions import OpenAPIError
from openapi_core.testing import MockRequest, MockResponse

ROOT = Path(__file__).resolve().parents[2]
TWILIO_MESSAGES = "/2010-04-01/Accounts/{AccountSid}/Messages.json"
TWILIO_MESSAGE = "/2010-04-01/Accounts/{AccountSid}/Messages/{Sid}.json"


def providers_folder() -> Path | None:
    """The folder of the descriptions: `$TRATO_SHARED/providers`, or beside the repository."""
    shared = Path(os.environ.get("TRATO_SHARED", ROOT.parent / "shared"))
    return shared / "providers" if (shared / "providers").is_dir() else None


@cache
def _document(name: str) -> dict[str, Any] | None:
    folder = providers_folder()
    if folder is None or not (folder / name).is_file():
        return None
    document: dict[str, Any] = json.loads((folder / name).read_text(encoding="utf-8"))
    return document


@cache
def twilio() -> OpenAPI | None:
    """Twilio's messages, or None where the description is absent."""
    document = _document("twilio_api_v2010.json")
    if document is None:
        return None
    # The whole file takes seconds to index; messages need two of its paths.
    trimmed = {**document, "paths": {path: document["paths"][path] for path in (TWILIO_MESSAGES, TWILIO_MESSAGE)}}
    for path in trimmed["paths"].values():
        path["servers"] = [{"url": "https://api.twilio.com"}]
    return OpenAPI.from_dict(trimmed, config=Config(spec_validator_cls=None))


def check_twilio(
    method: str, path: str, *, query: list[tuple[str, str]], form: list[tuple[str, str]], answer: tuple[int, str] | None
) -> list[str]:
    """What a call, and its answer where one is given, break of Twilio's description; [] also where it is absent."""
    spec = twilio()
    if spec is None:
        return []
    body = urlencode(form).encode() if method == "POST" else None
    request = MockRequest(
        "https://api.twilio.com",
        method.lower(),
        path,
        args=dict(query),
        headers={"Authorization": "Basic eA=="},
        data=body,
        content_type="application/x-www-form-urlencoded" if body is not None else "",
    )
    problems = []
    try:
        spec.validate_request(request)
    except OpenAPIError as error:
        problems.append(f"request {method} {path}: {error!r} {error.__cause__!r}")
    if answer is not None:
        status, text = answer
        try:
            spec.validate_response(request, MockResponse(text.encode(), status, content_type="application/json"))
        except OpenAPIError as error:
            problems.append(f"answer {method} {path}: {error!r} {error.__cause__!r}")
    return problems


def twilio_fields(operation: str) -> frozenset[str] | None:
    """The names that Twilio knows: of the form of `post`, of the query of `get`. None where the file is absent."""
    document = _document("twilio_api_v2010.json")
    if document is None:
        return None
    described = document["paths"][TWILIO_MESSAGES][operation]
    if operation == "get":
        return frozenset(parameter["name"] for parameter in described["parameters"])
    return frozenset(described["requestBody"]["content"]["application/x-www-form-urlencoded"]["schema"]["properties"])


class TelegramSpec:
    """Checks calls and answers against Telegram's description of its methods and types."""

    def __init__(self, document: dict[str, Any]) -> None:
        self._methods = {name.lower(): method for name, method in document["methods"].items()}
        self._types = document["types"]

    def check_call(self, method: str, fields: dict[str, Any]) -> list[str]:
        """What a call breaks. Values are strings as posted; those of other types are JSON."""
        described = self._methods.get(method.lower())
        if described is None:
            return [f"{method}: no such method"]
        known = {field["name"]: field for field in described.get("fields", [])}
        problems = [f"{method}.{name}: no such field" for name in fields if name not in known]
        problems += [f"{method}.{name}: missing" for name, f in known.items() if f["required"] and name not in fields]
        for name in fields.keys() & known.keys():
            types = known[name]["types"]
            value = _decoded(fields[name], types)
            if not any(self._fits(value, wanted) for wanted in types):
                problems.append(f"{method}.{name}: {value!r} is not {types}")
        return problems

    def check_value(self, value: Any, wanted: str) -> list[str]:
        """What a value of a type, an update say, breaks."""
        return [] if self._fits(value, wanted) else [f"{value!r} is not {wanted}"]

    def _fits(self, value: Any, wanted: str) -> bool:
        if wanted.startswith("Array of "):
            inner = wanted.removeprefix("Array of ")
            return isinstance(value, list) and all(self._fits(item, inner) for item in value)
        match wanted:
            case "Integer":
                return isinstance(value, int) and not isinstance(value, bool)
            case "Float":
                return isinstance(value, int | float) and not isinstance(value, bool)
            case "Boolean":
                return isinstance(value, bool)
            case "String" | "InputFile":
                return isinstance(value, str)
        described = self._types[wanted]
        if subtypes := described.get("subtypes"):
            return any(self._fits(value, subtype) for subtype in subtypes)
        if not isinstance(value, dict):
            return False
        known = {field["name"]: field for field in described.get("fields", [])}
        if value.keys() - known.keys() or any(f["required"] and n not in value for n, f in known.items()):
            return False
        return all(any(self._fits(value[name], t) for t in known[name]["types"]) for name in value)


def _decoded(value: Any, types: list[str]) -> Any:
    if not isinstance(value, str) or types in (["String"], ["InputFile"]):
        return value
    try:
        decoded = json.loads(value)
    except ValueError:
        return value
    return value if isinstance(decoded, int | float) and not {"Integer", "Float"} & set(types) else decoded


@cache
def telegram() -> TelegramSpec | None:
    """Telegram's description, or None where it is absent."""
    document = _document("telegram_api.json")
    return TelegramSpec(document) if document is not None else None
