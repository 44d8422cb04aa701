"""Amounts in BRL and numbers of installments. Texts are `plain` and `in_digits`; "por mes" makes a number money."""

from __future__ import annotations

import re
from decimal import Decimal

from trato_rasa.values.found import Found

MOST_INSTALLMENTS = 120

# 1.234,56 | 1234,56 | 1.234 | 1234.56 | 1234
NUMBER = r"\d{1,3}(?:\.\d{3})+(?:,\d{1,2})?|\d{1,3}(?:,\d{3})+\.\d{2}|\d+(?:[.,]\d{1,2})?"
_NUM = rf"(?<![\d.,/\w-])(?P<number>{NUMBER})(?![\d%\w°º]|/(?!mes)|[.,]\d|-\d)"
_UNIT = (
    r"(?:reais|real|conto|contos|pila|pilas|pau|paus|mangos?|pratas?|mirreis|mil reis|dinheiros|brl|temers?|golpinhos?)"
)

_INSTALLMENTS = (
    re.compile(r"(?<![\d,.])(?P<n>\d{1,3})\s*(?:x|×)(?![a-wyz])"),
    re.compile(
        r"(?P<lead>\b(?:em|de|por|para|pra|ate|nas?|as|fazer?|faz|faco|parcel\w*|divid\w*|umas|com|quero|so|ou|a|prefiro|pode ser|e|mais|tipo|pago|pagar|pra)\s+|^|[,.;!?~\0]\s*)"
        r"(?:ate\s+|mais\s+|umas\s+|uns\s+|no maximo\s+)?(?P<n>\d{1,3}|uma)\s+(?:de\s+)?(?P<noun>vezes|vez|parcel\w*|prestac\w*|pagamentos|mensalidades|pagtos|boletos)\b"
    ),
    re.compile(
        r"\b(?:parcel\w*|divid\w*|fati\w*|quebra\w*|repart\w*)\b[^.;!?\0\d]{0,25}?\b(?:em|pra|para)\s+(?:ate\s+|umas\s+|uns\s+)?(?P<n>\d{1,3})\b"
        r"(?!\s*(?:reais|conto|/|,\d|\.\d|dias?|por))"
    ),
    re.compile(r"\b(?:pag\w+|acert\w+|quit\w+)\b[^.;!?\0\d]{0,15}\bem\s+(?P<n>\d{1,2})\s+mes(?:es)?\b"),
    re.compile(r"\bem\s+(?:ate\s+)?(?P<n>[6-9]|[1-9]\d)\s+mes(?:es)?\b"),
    re.compile(r"\b(?:durante|por)\s+(?P<n>\d{1,2})\s+mes(?:es)?\b"),
    re.compile(r"(?<![\d,.])(?P<n>\d{1,2})\s+de\s+(?:r\$\s*)?(?=\d{2,}(?:[.,]\d{1,2})?\b)"),
    re.compile(r"\b(?P<n>\d{1,2})\s+(?:parcel\w+|prestac\w+|mensalidades)\b"),
)
_FOR_MONTHS = _INSTALLMENTS[5]
_SEVERAL = (*_INSTALLMENTS[:3], _INSTALLMENTS[-1])
_MONTHLY = re.compile(r"\b(?:por|ao|todo) mes\b|/mes\b|\bmensa(?:l|is)\b|\bcada\b")
# What stands before the last of several: "em 5, 8 e 10 vezes", "100 ou 150 reais".
_EARLIER_COUNT = re.compile(r"(?<![\d.,/$])(?<!\$ )(?P<n>\d{1,3})\s*(?:x\s*)?(?:,|ou|e|a|ate|/)\s*(?:em\s+)?$")
# "already three times", "call five times a day", "three installments are missing": times and counts, no plan.
_NO_PLAN_BEFORE = re.compile(
    r"\b(?:ja|liga\w*|lig\w*|mand\w*|fal\w*|respond\w*|repet\w*|pedi\w*|tent\w*|expli\w*|faltam?|falta|paguei|pagou|atras\w+|dev\w+|venceu|venceram|quitei|vez)\b"
    r"[^.;!?\0]{0,20}$"
)
_AT_ONCE = re.compile(r"\b(?:de|era|mais|outra|alguma|cada|toda) (?:1|uma)(?: so)? vez$")
_NO_PLAN_AFTER = re.compile(
    r"^\s*(?:por|ao|no)\s+(?:dia|semana|mes)\b|^\s*(?:atrasad|vencid|em atraso|em aberto|pendent|pagas?\b|que (?:eu )?(?:falo|digo|voces|vcs|ligam)|hoje|seguidas|ja\b)"
)

_AMOUNTS = (
    re.compile(rf"r\$\s*:?\s*(?P<number>{NUMBER})(?![\d/%]|[.,]\d)"),
    re.compile(
        rf"(?<![\d.,/\w-])(?P<number>{NUMBER})\s*{_UNIT}\b(?:\s+e\s+(?P<cents>\d{{1,2}})\b(?:\s+centavos?)?(?!\s*(?:x\b|vezes|parcel|dias?|,?\d)))?"
    ),
    re.compile(r"(?<![\d.,/\w-])(?P<number>\d{1,4})\s+e\s+(?P<cents>\d{1,2})\s+centavos?\b"),
    re.compile(r"(?<![\d.,/\w-])(?P<number>\d{1,3}(?:\.\d{3})+)(?![\d/%\w-]|[.,]\d)"),
    re.compile(r"(?<![\d.,/\w-])(?P<number>(?:\d{1,3}(?:\.\d{3})+|\d+),\d{2})(?![\d/%\w]|[.,]\d)"),
    re.compile(rf"{_NUM}\s*(?:pratas\s+)?(?:por|ao|a|no|p|/|cada|todo)\s*/?\s*(?:mes|semana|quinzena|parcela)\b"),
    re.compile(
        rf"{_NUM}\s*(?:mensais|mensal|mensalmente|semanais|quinzenais|cada|fixos?|de entrada|a vista|avista|agora|na mao|no pix)\b"
    ),
    re.compile(
        r"\b(?:entrada|parcel(?:a|as|inha|inhas)|prestac(?:ao|oes)|mensalidades?|valor|total|desconto|sinal|proposta|salario|renda|divida|debito)"
        rf"\s+(?:(?:e|eh|de|d|da|do|seria|fosse|por|com|na|no|total|ate|uns|umas|mensal|pra|para|ai|sao|fica\w*|inicial)\s+){{1,4}}{_NUM}"
    ),
    re.compile(
        rf"(?:x|×|\bvezes|\bparcelas|\bprestacoes|\bpagamentos)(?: iguais)?\s+(?:de|a|com|por)\s+(?:uns\s+|r\$\s*)?{_NUM}"
    ),
    re.compile(rf"\0\s*(?:iguais\s+)?de\s+(?:uns\s+)?{_NUM}"),
    re.compile(rf"{_NUM}(?=\s+(?:em|dividid\w+|parcelad\w+)\s*(?:em\s*)?(?:ate\s*)?\0)"),
    re.compile(rf"\b(?:uma|outra|primeira|segunda|restante|resto)\s+de\s+{_NUM}"),
    re.compile(rf"\bde\s+{_NUM}(?=\s+(?:foi|passou|subiu|virou|pulou|aumentou|baixou|caiu|saltou|pra|para)\b)"),
    re.compile(
        r"\b(?:(?:foi|passou|subiu|virou|pulou|aumentou|caiu|saltou|baix\w+|abaix\w+|reduz\w*|diminu\w+|desce\w*)(?:\s+(?:pra|para|a|por|isso))*"
        rf"|agora(?:\s+(?:ta|esta|e|ja|sao|de|em|cobram|querem|virou))?)\s+{_NUM}(?!\s*(?:de\s+)?(?:x|vezes|parcel|prest|dias?|semanas?|mes\b|meses|anos?|h\b|horas?|filh|pessoa|vez|boleto))"
    ),
    re.compile(
        r"\b(?:paguei|transferi|depositei|mandei|saiu|descontaram|debitaram|comprei por|cobraram|cobrando|for|fosse|fizer(?:em)?|sair|saindo|bolsa familia e|aposentadoria e|beneficio e|bpc e|pensao e|salario e|consigo|aceita\w*|pago|pagar|pagaria|dou|dar|tenho|so|ofereco|oferecer|fecha\w*|faco|fazer|faz|sobra\w*|ganho|recebo|maximo|ate|uns|umas|por|deixa\w*|posso|depositar|mandar|adiantar|arrumo|arrumei|arranjo|junto|juntei|guardei|separei|quitar?|quito|com|mando|transferir|transfiro|devo|cobra\w*|era)"
        rf"\s+(?:(?:por|em|com|de|so|uns|umas|ate|no maximo|apenas|somente|entre|tudo|eu|la|ai|hoje|agora|pagar|dar|mandar|fazer|passar|depositar|oferecer|tipo|cerca de|mais ou menos|a partir de|isso|quitar|os|aos|entrada de|um valor de)\s+){{0,4}}{_NUM}(?!\s*(?:de\s+)?(?:x|vezes|parcel|prest|dias?|semanas?|mes\b|meses|anos?|h\b|horas?|filh|crianca|boca|min\b|minut|por cento|pessoa|vez|boleto|conta|dependente|irma|net|da (?:manha|tarde|noite)|de (?:{{}})))".replace(
            "{}", "janeiro|fevereiro|marco|abril|maio|junho|julho|agosto|setembro|outubro|novembro|dezembro"
        )
    ),
)
_EXPLICIT = _AMOUNTS[:5]
_AFTER_A_VERB = _AMOUNTS[-4:]
_EARLIER_AMOUNT = re.compile(
    rf"(?<![\d.,/\w$-])(?P<number>{NUMBER})\s*(?:,|\bou|\be|\ba|\bate|\bpra|\bpara)\s*(?:uns\s+|r\$\s*)?$"
)
_LATER_AMOUNT = re.compile(rf"\s*(?:,|\bou|\be|\ba|\bate)\s*(?:uns\s+)?(?P<number>{NUMBER})(?![\d%\w°º/]|[.,]\d|-\d)")
_ALONE = re.compile(
    rf"^(?:\W|\b(?:uns|umas|de|por|so|ate|e|eh|seria|no maximo|mais ou menos|cerca de|tipo|ai|ok|sim)\b)*(?P<number>{NUMBER})"
    r"(?:\W|\b(?:no maximo|ai|so|e|ta|bom|serve|pode ser|por favor)\b)*$"
)
_UNITS_AFTER = re.compile(
    r"^\s*(?:x\b|vezes|parcel|prest|dias?|semanas?|mes\b|meses|anos?|h\b|hs\b|hrs?\b|horas?|filh|crianca|min\b|minut|por cento|%|pessoa|quilo|kg|km|porcento|°|º|ª)"
)
SMALLEST_BARE = 5
SMALLEST_AFTER_A_VERB = 15
SMALLEST_ALONE = 40
LARGEST_ALONE = 100_000  # a longer row of digits is a code


def decimal_text(number: str, cents: str | None = None) -> str | None:
    """A written number as BRL with two places: "1.234,5" → "1234.50"; None where it is zero or absurd."""
    if re.fullmatch(r"\d{1,3}(?:,\d{3})+\.\d{2}", number):
        number = number.replace(",", "")
    elif "," in number:
        number = number.replace(".", "").replace(",", ".")
    elif re.fullmatch(r"\d{1,3}(?:\.\d{3})+", number):
        number = number.replace(".", "")
    value = Decimal(number)
    if cents:
        value += Decimal(cents) / 100
    if value <= 0 or value >= Decimal("1e10"):
        return None
    return f"{value.quantize(Decimal('0.01'))}"


def read_installments(text: str) -> list[Found]:
    """Numbers of installments that somebody speaks of as a plan."""
    found: list[Found] = []
    for number, pattern in enumerate(_INSTALLMENTS):
        for match in pattern.finditer(text):
            value = 1 if match.group("n") == "uma" else int(match.group("n"))
            start, end = match.span("n")
            end = match.end() if number < 2 else end
            if not 1 <= value <= MOST_INSTALLMENTS or any(one.start < end and start < one.end for one in found):
                continue
            if pattern is _FOR_MONTHS and not _MONTHLY.search(text):
                continue
            if value == 1 and (pattern is _INSTALLMENTS[-1] or _AT_ONCE.search(text[:end])):
                continue
            if number > 0 and (_NO_PLAN_BEFORE.search(text[:start]) or _NO_PLAN_AFTER.search(text[match.end() :])):
                continue
            found.append(Found("installments", value, start, end))
            if pattern in _SEVERAL:
                found += _earlier_counts(text, start, found)
    return sorted(found, key=lambda one: one.start)


def _earlier_counts(text: str, start: int, found: list[Found]) -> list[Found]:
    """The counts that stand before one that was found, as in "em 5, 8 e 10 vezes"."""
    earlier: list[Found] = []
    while match := _EARLIER_COUNT.search(text[:start]):
        start, end = match.span("n")
        value = int(match.group("n"))
        taken = any(one.start < end and start < one.end for one in found)
        if taken or not 1 <= value <= MOST_INSTALLMENTS or re.search(r"\bdias?\s+$", text[:start]):
            break
        earlier.append(Found("installments", value, start, end))
    return earlier


def _alone(text: str) -> list[Found]:
    """A message that is nothing but a number too large for a day, a count or a mark, and no year."""
    match = _ALONE.search(text)
    value = decimal_text(match.group("number")) if match else None
    if match is None or value is None or Decimal(value) < SMALLEST_ALONE:
        return []
    if match.group("number").isdigit() and Decimal(value) >= LARGEST_ALONE:
        return []
    if re.fullmatch(r"(?:19|20)\d\d", match.group("number")):
        return []
    return [Found("amount", value, match.start("number"), match.end("number"))]


def read_amounts(text: str, *, bare: bool = False) -> list[Found]:
    """Amounts of money.

    Args:
        text: with dates, installments and all else that is a number blanked.
        bare: take a number without any sign of money too, since money is what was asked or offered.
    """
    found: list[Found] = []
    patterns = (*_AMOUNTS, re.compile(_NUM)) if bare else _AMOUNTS
    for pattern in patterns:
        for match in pattern.finditer(text):
            start, end = match.span("number")
            if any(one.start < match.end("number") and start < one.end for one in found):
                continue
            explicit = pattern in _EXPLICIT
            if not explicit and _UNITS_AFTER.search(text[end:]):
                continue
            value = decimal_text(match.group("number"), match.groupdict().get("cents"))
            smallest = SMALLEST_AFTER_A_VERB if pattern in _AFTER_A_VERB and not bare else SMALLEST_BARE
            if value is None or (not explicit and Decimal(value) < smallest) or text[:start].endswith("nota "):
                continue
            found.append(Found("amount", value, start, match.end() if explicit else end))
            found += _earlier_amounts(text, start, found) + _later_amounts(text, end, found)
    return sorted(found or _alone(text), key=lambda one: one.start)


def _earlier_amounts(text: str, start: int, found: list[Found]) -> list[Found]:
    """The amounts that share the unit of one that was found, as in "entre 100 e 150 reais"."""
    before = re.sub(r"r\$\s*$", lambda match: " " * len(match.group()), text[:start])
    match = _EARLIER_AMOUNT.search(before)
    value = decimal_text(match.group("number")) if match else None
    if match is None or value is None or Decimal(value) < SMALLEST_AFTER_A_VERB:
        return []
    span = match.span("number")
    if any(one.start < span[1] and span[0] < one.end for one in found) or re.search(r"\bdias?\s+$", text[: span[0]]):
        return []
    return [Found("amount", value, *span)]


def _later_amounts(text: str, end: int, found: list[Found]) -> list[Found]:
    """The amount that shares the verb of one that was found, as in "consigo entre 80 e 100"."""
    match = _LATER_AMOUNT.match(text, end)
    value = decimal_text(match.group("number")) if match else None
    if match is None or value is None or Decimal(value) < SMALLEST_AFTER_A_VERB:
        return []
    span = match.span("number")
    if any(one.start < span[1] and span[0] < one.end for one in found) or _UNITS_AFTER.search(text[span[1] :]):
        return []
    return [Found("amount", value, *span)]
