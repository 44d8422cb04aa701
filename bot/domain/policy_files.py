"""Reading a policy from TOML, with the line and the rule of every fault."""

from __future__ import annotations

import copy
import re
import tomllib
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, NoReturn

from pydantic import TypeAdapter, ValidationError
from stdnum.br import cnpj, cpf

from bot.domain.calendars import STATES
from bot.domain.contact_terms import contact_faults
from bot.domain.errors import InvalidPolicy
from bot.domain.phones import canonical_phone
from bot.domain.policy import Policy

_POLICY = TypeAdapter(Policy)
_EMAIL = re.compile(r"[a-z0-9._+-]+@[a-z0-9-]+(\.[a-z0-9-]+)+")
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_PIX_KEY_MAX = 77  # characters; Manual de Padrões para Iniciação do Pix


def parse_policy(text: str, *, source: str) -> Policy:
    """Read and check one creditor's policy.

    Args:
        text: the TOML.
        source: where it came from, for the fault report (a file name).

    Raises:
        InvalidPolicy: `facts` are `source` and `errors`, a list of dicts with `line` (from 1), `path` (dotted),
            `rule` (where a legal cap is exceeded, else None), `code`, and the numbers that the code needs.
    """
    try:
        raw = tomllib.loads(text, parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"line (\d+)", str(error))
        line = int(found[1]) if found else len(text.splitlines())
        fault = {"line": line, "path": "", "rule": None, "code": "not_toml", "detail": str(error)}
        raise InvalidPolicy(source=source, errors=[fault]) from error
    faults = _creditor_faults(raw.get("creditor"))
    try:
        policy = _POLICY.validate_python(raw)
    except ValidationError as error:
        faults += [
            {"path": ".".join(map(str, e["loc"])), "rule": None, "code": e["type"], "detail": e["msg"]}
            for e in error.errors()
        ]
        faults += _faults_beside(raw, [e["loc"] for e in error.errors()])
        _refuse(faults, text, source)
    except InvalidPolicy as error:
        faults += error.facts["errors"]  # type: ignore[arg-type]  # built in bot/domain/policy.py
        _refuse(faults, text, source)
    if faults:
        _refuse(faults, text, source)
    return policy


def _faults_beside(raw: Mapping[str, Any], wrong: Sequence[tuple[int | str, ...]]) -> list[dict[str, Any]]:
    """The rules that the file breaks beside values of a wrong shape, so that one check shows all that can be seen."""
    rest = copy.deepcopy(dict(raw))
    for path in wrong:
        table: Any = rest
        for key in path[:-1]:
            table = table.get(key) if isinstance(table, dict) else None
        if isinstance(table, dict):
            table.pop(path[-1], None)
    try:
        _POLICY.validate_python(rest)
    except InvalidPolicy as error:
        return list(error.facts["errors"])  # type: ignore[call-overload, no-any-return]  # built in bot/domain/policy.py
    except ValidationError:  # something that has no default is missing
        return contact_faults(rest["contact"]) if isinstance(rest.get("contact"), dict) else []
    return []


def is_pix_key(key: str) -> bool:
    """Whether it has the shape of a Pix key: CPF or CNPJ (digits only), +55 phone, e-mail or random key."""
    if key.startswith("+"):
        return canonical_phone(key) == key
    if "@" in key:
        return len(key) <= _PIX_KEY_MAX and _EMAIL.fullmatch(key) is not None
    return _UUID.fullmatch(key) is not None or (key.isalnum() and (cpf.is_valid(key) or cnpj.is_valid(key)))


def line_of(text: str, path: str) -> int:
    """The line (from 1) of the key that `path` names; where it is missing, that of its table, else 1.

    Reads only the shapes that policies use: tables and `key = …` lines.
    """
    lines, table = {"": 1}, ""
    for number, line in enumerate(text.splitlines(), start=1):
        if header := re.match(r"\s*\[\[?\s*([\w.\-]+)\s*\]\]?", line):
            table = header[1]
            lines.setdefault(table, number)
        elif key := re.match(r"\s*([\w.\-]+)\s*=", line):
            lines.setdefault(f"{table}.{key[1]}" if table else key[1], number)
    while path not in lines:
        path = path.rpartition(".")[0]
    return lines[path]


def _creditor_faults(creditor: object) -> list[dict[str, Any]]:
    """What the types of the fields can't tell: check digits, the Pix key's shape, the state."""
    if not isinstance(creditor, dict):
        return []  # reported as missing or of a wrong type
    text = {key: value for key, value in creditor.items() if isinstance(value, str)}
    checks = {
        "slug": re.fullmatch(r"[a-z0-9][a-z0-9_-]*", text.get("slug", "x")) is not None,
        "document": "document" not in text or cnpj.is_valid(text["document"]) or cpf.is_valid(text["document"]),
        "pix_key": "pix_key" not in text or is_pix_key(text["pix_key"]),
        "state": text.get("state", "SP") in STATES,
        "phone": "phone" not in text or _is_phone(text["phone"]),
    }
    required = ("name", "legal_name", "address", "city", "site")
    checks |= {key: bool(text[key].strip()) for key in required if key in text}
    rules = {"document": "R4", "address": "R4", "name": "R4", "pix_key": "R8", "phone": "R8", "site": "R8"}
    return [
        {"path": f"creditor.{key}", "rule": rules.get(key), "code": f"invalid_{key}"}
        for key, good in checks.items()
        if not good
    ]


def _is_phone(phone: str) -> bool:
    """Toll-free numbers (0800) and the short 4004 kind are no E.164 phones, yet how companies are reached."""
    return canonical_phone(phone) is not None or re.fullmatch(r"(0[38]00|400\d)[\d -]{4,10}", phone) is not None


def _refuse(faults: list[dict[str, Any]], text: str, source: str) -> NoReturn:
    errors = [{"line": line_of(text, fault["path"]), **fault} for fault in faults]
    raise InvalidPolicy(source=source, errors=sorted(errors, key=lambda e: e["line"]))
