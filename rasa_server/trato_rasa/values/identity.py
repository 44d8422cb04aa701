"""Documents, phones and e-mail addresses. Check digits decide, not shapes."""

from __future__ import annotations

import re

import phonenumbers
from stdnum.br import cnpj, cpf
from validate_docbr import CNPJ

from trato_rasa.values.found import Found

_EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]+@(?:[\w-]+\.)+[a-z]{2,}\b", re.IGNORECASE)
_CNPJ = re.compile(
    r"(?<![\w.-])[0-9a-z]{2}[.\s]?[0-9a-z]{3}[.\s]?[0-9a-z]{3}[/\s]?[0-9a-z]{4}[-\s]?\d{2}(?![\w-])", re.I
)
_CPF = re.compile(r"(?<![\w.,/-])\d{3}[.\s-]?\d{3}[.\s-]?\d{3}[\s./-]{0,3}\d{2}(?![\w-]|[.,]\d)")
_PHONE_WORDS = re.compile(r"\b(?:tele?fone|celular|cel|whats\w*|zap\w*|numero|fone|lig(?:a|ar|uem|ue)|contato|chama)\b")
_DOCUMENT_WORDS = re.compile(r"\b(?:cpf|documento|doc)\b")
_REACHABLE = frozenset(
    {
        phonenumbers.PhoneNumberType.MOBILE,
        phonenumbers.PhoneNumberType.FIXED_LINE,
        phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE,
    }
)
_MOBILE = re.compile(r"[1-9][1-9]9\d{8}")


def read_identity(text: str, *, asked: str | None = None) -> list[Found]:
    """E-mail addresses, CNPJs, CPFs and phones of a text.

    Args:
        text: `plain`, or as written.
        asked: what the assistant asked last; decides on eleven digits that are a CPF and a mobile at once.
    """
    found = [Found("email", match.group().rstrip("."), match.start(), match.end()) for match in _EMAIL.finditer(text)]
    found += _documents(_rest(text, found), asked)
    found += [
        one for one in _phones(_rest(text, found)) if asked != "identity" or not text[one.start : one.end].isdigit()
    ]
    return sorted(found, key=lambda one: one.start)


def _rest(text: str, found: list[Found]) -> str:
    characters = list(text)
    for one in found:
        characters[one.start : one.end] = ";" * (one.end - one.start)
    return "".join(characters)


def _documents(text: str, asked: str | None) -> list[Found]:
    found = []
    for match in _CNPJ.finditer(text):
        digits = re.sub(r"[^0-9a-z]", "", match.group(), flags=re.I).upper()
        if sum(char.isdigit() for char in digits) >= 6 and _is_cnpj(digits):
            found.append(Found("cnpj", digits, match.start(), match.end()))
    for match in _CPF.finditer(_rest(text, found)):
        digits = re.sub(r"\D", "", match.group())
        if not cpf.is_valid(digits) or len(set(digits)) == 1:
            continue
        if match.group() == digits and _MOBILE.fullmatch(digits) and _is_meant_as_phone(text, match.start(), asked):
            continue
        found.append(Found("cpf", digits, match.start(), match.end()))
    return found


def _is_cnpj(characters: str) -> bool:
    if len(set(characters)) == 1:
        return False
    return bool(cnpj.is_valid(characters)) or bool(CNPJ().validate(characters))


def _is_meant_as_phone(text: str, start: int, asked: str | None) -> bool:
    if asked == "identity" or _DOCUMENT_WORDS.search(text.lower()):
        return False
    return bool(_PHONE_WORDS.search(text.lower()[:start]))


def _phones(text: str) -> list[Found]:
    matches = phonenumbers.PhoneNumberMatcher(text, "BR", leniency=phonenumbers.Leniency.VALID)
    found = []
    for match in matches:
        digits = re.sub(r"\D", "", match.raw_string)
        # Without an area code or a country code a number rings nowhere; 11 digits that fail as a CPF are often one.
        if re.fullmatch(r"\d{3}\.\d{3}\.\d{3}-?\d{2}", match.raw_string) or len(digits) < 10:
            continue
        if digits == match.raw_string and _DOCUMENT_WORDS.search(text.lower()[: match.start]):
            continue
        if phonenumbers.number_type(match.number) not in _REACHABLE:
            continue
        number = phonenumbers.format_number(match.number, phonenumbers.PhoneNumberFormat.E164)
        found.append(Found("phone", number, match.start, match.end))
    return found
