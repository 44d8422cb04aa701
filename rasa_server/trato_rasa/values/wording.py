"""Chat spellings of what stands around values, brought to the one form that the readers know. Pure.

Runs on `plain` text, before numbers are put into digits. What it changes is only how a value is named, never which.
"""

from __future__ import annotations

import re

MONTH_NUMBERS = {"jan": 1, "fev": 2, "mar": 3, "abr": 4, "mai": 5, "jun": 6, "jul": 7, "ago": 8, "set": 9, "out": 10,
                 "nov": 11, "dez": 12}  # fmt: skip
_FULL_MONTHS = "janeiro|fevereiro|marco|abril|maio|junho|julho|agosto|setembro|outubro|novembro|dezembro"
_SHORT_MONTHS = "|".join(MONTH_NUMBERS)
_WORDS = {
    "q": "que", "qe": "que", "hj": "hoje", "hje": "hoje", "oje": "hoje", "amh": "amanha", "amnha": "amanha", "amanh": "amanha",
    "amanhan": "amanha", "dps": "depois", "dpois": "depois", "ontm": "ontem", "prox": "proximo",
    "semna": "semana", "cemana": "semana", "sesta": "sexta", "cesta": "sexta", "tersa": "terca", "sabdo": "sabado",
    "segnda": "segunda", "qinta": "quinta", "parc": "parcelas", "parcs": "parcelas", "parcelinhas": "parcelas", "vzs": "vezes", "vzes": "vezes",
    "veses": "vezes", "vez3s": "vezes", "reaes": "reais", "reias": "reais", "reas": "reais", "rais": "reais", "pf": "por favor",
}  # fmt: skip
_WORD = re.compile(r"[a-z0-9]+")
_RULES: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"\b2\s?[aªº]\.?[\s-]*feira"), "segunda-feira"),
    (re.compile(r"\b3\s?[aªº]\.?[\s-]*feira"), "terca-feira"),
    (re.compile(r"\b4\s?[aªº]\.?[\s-]*feira"), "quarta-feira"),
    (re.compile(r"\b5\s?[aªº]\.?[\s-]*feira"), "quinta-feira"),
    (re.compile(r"\b6\s?[aªº]\.?[\s-]*feira"), "sexta-feira"),
    (re.compile(r"\br\$\s*(\d{1,3}) (\d{3}(?:,\d{2})?)(?!\d)"), r"r$ \1\2"),
    (re.compile(r"\brs\.?\s?(?=\d)"), "r$ "),
    (re.compile(r"(?<!r)\$\s?(?=\d)"), "r$ "),
    (re.compile(r"(?<=\d)\s?(?:r\$|\$)(?!\s?\d)"), " reais"),
    # "mes que vem, dia 12": the readers know it the other way round.
    (
        re.compile(
            r"\b(?:n[oe]\s+)?(mes que vem|proximo mes)\s*,?\s*(?:la\s+)?(?:pelo\s+|pro\s+|no\s+|todo\s+)?(dias?\s+(?:\d{1,2}|[a-z]+(?:\s+e\s+(?:um|dois|tres|quatro|cinco|seis|sete|oito|nove))?))\b(?!\s*(?:de|/|util))"
        ),
        r"\2 do \1",
    ),
    # A weekday that only accompanies a day: the day decides.
    (
        re.compile(
            r"\b(?:segunda|terca|quarta|quinta|sexta|sabado|domingo)(?:[\s-]?feira)?\s*,?\s*(?:agora\s*)?\(?(?=dia\s+\d|\d{1,2}/\d{1,2}\b)"
        ),
        "",
    ),
)
_DATED = re.compile(
    rf"\b(\d{{1,2}}|primeiro|1[oº°])\s*(?:de\s+|/\s*|\s)?({_FULL_MONTHS}|{_SHORT_MONTHS})\b\.?\s*(?:de\s+|do\s+ano\s+de\s+|/\s*|,\s*)?((?:19|20)\d\d)\b"
)
_TENTH = re.compile(r"\b(0\d|[12]\d|3[01]|\d(?=/))\s*(?:de\s+|/)dez\b(?!\s*(?:reais|mil|conto|vezes|x\b|parcel|e\b))")


def usual(text: str) -> str:
    """A `plain` text with the spellings of the chat made usual."""
    text = _WORD.sub(lambda match: _WORDS.get(match.group(), match.group()), text)
    for pattern, replacement in _RULES:
        text = pattern.sub(replacement, text)
    text = _DATED.sub(_as_numbers, text)
    return _TENTH.sub(r"\1/12", text)


def _as_numbers(match: re.Match[str]) -> str:
    number = match.group(1) if match.group(1).isdigit() else "1"
    return f"{number}/{MONTH_NUMBERS[match.group(2)[:3]]}/{match.group(3)}"
