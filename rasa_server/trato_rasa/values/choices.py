"""Options that were shown and marks from 0 to 10. Texts are `plain` and `in_digits`."""

from __future__ import annotations

import re

from trato_rasa.values.found import Found

ORDINALS = {"primeir": 1, "segund": 2, "terceir": 3, "quart": 4, "quint": 5, "sext": 6, "setim": 7, "oitav": 8}
_STEM = "|".join(ORDINALS)
_NOUN = r"(?:opc(?:ao|oes)|proposta|alternativa|oferta|condicao|plano|item|dessas|das|desses|dos)"
_NAMED = re.compile(
    r"\b(?:opc(?:ao|oes)|op|proposta|alternativa|oferta|plano|item|numero|n[oº°]|a de numero)\s*(?:a\s+|de\s+numero\s+|numero\s+|n[oº°]\s*)?:?\s*(\d{1,2}|um|dois|uma)\b(?![.,/]?\d)"
)
_NAMED_WORD = re.compile(rf"\b({_STEM})[ao]\s+{_NOUN}\b")
_LAST = re.compile(r"\b(?:a|o)\s+ultim[ao]\b(?!\s+(?:parcela|vez|semana|boleto|prestacao))")
_ORDINAL = re.compile(
    rf"(?:(?:\b(?:a|o|na|no|pela|pelo|da)\s+)|^)({_STEM})[ao]\b"
    r"(?!\s*-?\s*(?:feira|que vem|via|parcela|vez|prestac|divida|conta|passad|dia|eu|pago|sem falta|agora|boleto|mes|pra)|\s+de\s+(?:jan|fev|mar|abr|mai|jun|jul|ago|set|out|nov|dez))"
)
_SIGNED = re.compile(r"\b(\d{1,2})[ªº°ao]\b(?!\s*(?:via|parcela|vez|dia|de\b))")
_THE_NUMBER = re.compile(
    r"^(?:(?:quero|prefiro|escolho|fico com|vou de|vou na|pode ser|seria|fecho|fecha|manda|acho que|entao)\s+)*(?:com\s+)?(?:a|o|na|no|pela)\s+(\d{1,2})\s*[.!]*$"
)
_ARTICLE_NUMBER = re.compile(
    r"\b(?:a|o|na|no|pela|pelo)\s+(\d{1,2})\b(?![.,/]?\d|\s*(?:x\b|vezes|parcel|reais|dias?|%))"
)
_ANY_ORDINAL = re.compile(rf"\b(?:a|o)\s+({_STEM})[ao]\b(?!\s*-?\s*(?:feira|via|parcela|vez|prestac|que vem))")
_OR_ANOTHER = re.compile(
    r"\b(?:ou|e|nem)\s+(?:a|o|na|no)\s+(\d{1,2}|um|uma|dois|duas)\b(?![.,/]?\d|\s*(?:x\b|vezes|reais))"
)
_CHOOSING = re.compile(
    r"\b(?:quero|prefiro|escolho|fico com|vou de|vou na|vou com|pode ser|fecho|fecha|opto|melhor|gostei)\b"
)
_BARE = re.compile(r"^\D{0,12}?(\d{1,2})\D{0,12}$")

_MARK = (
    re.compile(r"\bnota\s*(?:e\s+|eh\s+|de\s+)?:?\s*(\d{1,2})\b(?![,.]\d|/(?!10\b))"),
    re.compile(r"(?<![\d/])(\d{1,2})\s*/\s*10\b(?!/)"),
    re.compile(
        r"\b(?:dou|dei|daria|leva|merecem?|avalio\s+(?:com|em))\s+(?:um\s+|uma\s+|nota\s+)?(\d{1,2})\b(?![,.]\d|\s*(?:reais|mil|conto|por|x\b|vezes|no pix|de entrada))"
    ),
    re.compile(r"\b(\d{1,2})\s+(?:estrelas?|de nota|pro atendimento|para o atendimento|no atendimento)\b"),
    re.compile(r"\b(\d{1,2})\s+(?:de|em)\s+10\b"),
)
_ANY_MARK = re.compile(
    r"(?<![\d.,/:$\w])\d{1,2}(?![\d.,:/]*\d|\w|\s*(?:anos?|dias?|meses|mes|h|horas?|min\w*|vezes|x|reais|%)\b)"
)
_MARK_WORDS = (
    (re.compile(r"\bnota\s+(?:um|uma)\b"), 1),
    (re.compile(r"\bnota\s+maxima\b"), 10),
    (re.compile(r"\bnota\s+minima\b"), 0),
)


def read_options(  # noqa: PLR0912 - one branch for each way to choose
    text: str, *, choosing: bool = False, shown: int | None = None
) -> list[Found]:
    """Which of the options shown is meant.

    Args:
        text: what other readers took is blanked, weekdays are not.
        choosing: options were what the assistant asked for, so a bare number or ordinal is one.
        shown: how many there were, where known; no more than these can be meant.
    """
    found: list[Found] = []

    def take(value: int, match: re.Match[str], group: int = 0) -> None:
        start, end = match.span(group)
        free = not any(one.start < end and start < one.end for one in found)
        if free and 1 <= value <= (shown or 20):
            found.append(Found("option", value, start, end))

    for match in _NAMED.finditer(text):
        take(_counted(match.group(1)), match)
    for match in _NAMED_WORD.finditer(text):
        take(ORDINALS[match.group(1)], match)
    wants = choosing or bool(_CHOOSING.search(text)) or len(text.split()) <= 3
    if choosing:
        for match in _ARTICLE_NUMBER.finditer(text):
            take(int(match.group(1)), match, 1)
        for match in _ANY_ORDINAL.finditer(text):
            take(ORDINALS[match.group(1)], match)
    if found:
        for match in _OR_ANOTHER.finditer(text):
            take(_counted(match.group(1)), match, 1)
    if wants:
        for match in _SIGNED.finditer(text):
            take(int(match.group(1)), match)
        if match := _THE_NUMBER.search(text):
            take(int(match.group(1)), match, 1)
        for match in _ORDINAL.finditer(text):
            # "na segunda", "sexta": days of the week, unless options lie on the table.
            if choosing or not re.match(r"(?:na|no|quart[ao]?|quint|sext|segunda$)", match.group().strip()):
                take(ORDINALS[match.group(1)], match)
    if shown and (match := _LAST.search(text)):
        take(shown, match)
    if choosing and not found and (match := _BARE.search(text)):
        take(int(match.group(1)), match, 1)
    return sorted(found, key=lambda one: one.start)


def _counted(text: str) -> int:
    return {"um": 1, "uma": 1, "dois": 2, "duas": 2}.get(text) or int(text)


def read_ratings(text: str, *, rating: bool = False, asked: bool = False) -> list[Found]:
    """Marks from 0 to 10.

    Args:
        text: what other readers took is blanked.
        rating: a mark was asked for, or the message praises or blames, so a bare number is one.
        asked: a mark was asked for, so several bare numbers are several.
    """
    found: list[Found] = []
    patterns = (*_MARK, _BARE) if rating else (*_MARK[:2], _MARK[3])
    for pattern in patterns:
        for match in pattern.finditer(text):
            value = int(match.group(1))
            if 0 <= value <= 10 and not found:
                found.append(Found("rating", value, match.start(1), match.end()))
    if rating and not found:
        alone = [match for match in _ANY_MARK.finditer(text) if int(match.group()) <= 10]
        if asked or len(alone) == 1:
            found += [Found("rating", int(match.group()), match.start(), match.end()) for match in alone]
    for words, value in _MARK_WORDS:
        if not found and (match := words.search(text)):
            found.append(Found("rating", value, match.start(), match.end()))
    return found
