"""Taking out of a message who wrote it and who is meant, and leaving what it says: for labelling, never for sending.

Amounts, days, numbers of instalments stay: they are what a wording is about. When in doubt, it goes.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from stdnum.br import cpf

NAME, CPF, CNPJ, PHONE, EMAIL, BIRTH, NUMBER, LINK = (
    "<nome>",
    "<cpf>",
    "<cnpj>",
    "<telefone>",
    "<email>",
    "<nascimento>",
    "<numero>",
    "<link>",
)
LAST_BIRTH_YEAR = 2012  # a whole date up to here is taken for somebody's birth
SHORTEST_NAME = 3  # letters

_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_LINK = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)
_CNPJ = re.compile(r"\b[0-9A-Z]{2}\.?[0-9A-Z]{3}\.?[0-9A-Z]{3}/[0-9A-Z]{4}-?\d{2}\b", re.IGNORECASE)
_CPF = re.compile(r"\b\d{3}\.\d{3}\.\d{3}-?\d{2}\b|\b\d{9}-\d{2}\b")
_DATE = re.compile(r"\b(\d{1,2})[/.-](\d{1,2})[/.-](\d{4}|\d{2})\b")
_AMOUNT = re.compile(r"\b\d{1,3}(?:\.\d{3})+(?:,\d{1,2})?\b|\br\$\s*\d+(?:,\d{1,2})?\b|\b\d+,\d{1,2}\b", re.IGNORECASE)
_CEP = re.compile(r"\b\d{5}-\d{3}\b")
_PHONE = re.compile(r"(?<![\w])(?:\+?55[\s.-]?)?(?:\(?0?\d{2}\)?[\s.-]?)?(?:9[\s.-]?)?\d{4}[\s.-]?\d{4}\b(?![.-]?\d)")
_LONG = re.compile(r"\b\d(?:[\s.-]?\d){8,}\b")
_PRESENTED = re.compile(r"\b(meu nome (?:é|e|eh)|me chamo)\s+((?:[^\W\d_]+\s?){1,4})", re.IGNORECASE)
_KEPT = re.compile(r"\x00(\d+)\x00")

_PARTICLES = frozenset({"da", "de", "do", "das", "dos", "e", "di", "del", "van", "von"})
# Surnames that are everyday words of this matter: taken out beside another name only.
_EVERYDAY = frozenset(
    {"dias", "reis", "paz", "luz", "rosa", "leal", "gracas", "bom", "boa", "costa", "pires", "santos", "lima"}
)


def masked(text: str, names: Iterable[str] = ()) -> str:
    """The text with marks such as `<nome>` for whatever tells a person.

    Args:
        names: whole names to be taken out, however they are cased or accented: the debtor's, at least.
    """
    kept: list[str] = []

    def keep(found: re.Match[str]) -> str:
        kept.append(found[0])
        return f"\x00{len(kept) - 1}\x00"

    text = text.replace("\x00", "")
    text = _LINK.sub(LINK, _EMAIL.sub(EMAIL, text))
    text = _CPF.sub(CPF, _CNPJ.sub(CNPJ, text))
    text = _DATE.sub(_birth, text)
    text = _PRESENTED.sub(lambda m: f"{m[1]} {NAME}{' ' if m[2].endswith(' ') else ''}", text)
    text = _AMOUNT.sub(keep, text)
    text = _DATE.sub(keep, text)
    text = _CEP.sub(NUMBER, text)
    text = _PHONE.sub(_phone, text)
    text = _LONG.sub(_long_number, text)
    text = _without(text, names)
    return _KEPT.sub(lambda m: kept[int(m[1])], text)


def _birth(found: re.Match[str]) -> str:
    year = int(found[3])
    if len(found[3]) == 2:
        year += 2000 if year <= LAST_BIRTH_YEAR - 2000 else 1900 if year >= 40 else 2000  # "25" is rather a due date
    return BIRTH if 1900 <= year <= LAST_BIRTH_YEAR else found[0]


def _long_number(found: re.Match[str]) -> str:
    digits = re.sub(r"\D", "", found[0])
    if len(digits) == 11 and cpf.is_valid(digits):
        return CPF
    if len(digits) == 14:
        return CNPJ
    return NUMBER


def _phone(found: re.Match[str]) -> str:
    digits = re.sub(r"\D", "", found[0])
    return CPF if len(digits) == 11 and cpf.is_valid(digits) else PHONE


def _without(text: str, names: Iterable[str]) -> str:
    parts = {p for name in names for p in _plain(name).split() if len(p) >= SHORTEST_NAME and p not in _PARTICLES}
    if not parts:
        return text
    words = list(re.finditer(r"[^\W\d_]+", text))
    marks: list[tuple[int, int]] = []
    run: list[re.Match[str]] = []
    for word in [*words, None]:
        plain = _plain(word[0]) if word else ""
        joined = not run or (word is not None and not text[run[-1].end() : word.start()].strip())
        if word and joined and (plain in parts or (run and plain in _PARTICLES)):
            run.append(word)
            continue
        while run and _plain(run[-1][0]) in _PARTICLES:
            run.pop()
        if run and not (len(run) == 1 and _plain(run[0][0]) in _EVERYDAY):
            marks.append((run[0].start(), run[-1].end()))
        run = [word] if word and plain in parts else []
    for start, end in reversed(marks):
        text = f"{text[:start]}{NAME}{text[end:]}"
    return text


def _plain(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKD", text).casefold() if not unicodedata.combining(c))
