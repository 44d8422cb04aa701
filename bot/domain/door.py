"""What may leave: the last check of every outbound text, whoever wrote it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from validate_docbr import CPF

from bot.domain.conversations import Message
from bot.domain.tone import first_fault

AMOUNT = re.compile(r"R\$\s?(\d{1,3}(?:\.\d{3})+(?!\d)|\d+)(?:,(\d{1,2}))?")
ELEVEN_DIGITS = re.compile(r"(?<![\w.])\d{3}\.?\d{3}\.?\d{3}-?\d{2}(?!\w)")
GIVEAWAYS = re.compile(
    r"\b(d[íi]vidas?|d[ée]bitos?|atras\w*|cobran\w*|parcel\w*|boletos?|faturas?|saldos?|pend[êe]nci\w*|em aberto|"
    r"vencid\w*|negociar|negocia\w*|acordos?|contrato)\b|R\$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Sayable:
    """What this conversation may hear: whether its person is confirmed, and the amounts of its offers and facts."""

    identified: bool
    amounts: frozenset[int]


@dataclass(frozen=True, slots=True)
class Refused:
    """The text stays here. `why` is for compliance, in the words of the text."""

    rule: str
    why: str


def may_leave(message: Message, sayable: Sayable) -> Refused | None:
    """Check one outbound text.

    R10: nothing gives the debt away before the right party is confirmed. R40: every amount is the engine's.
    R48: no whole CPF. R1, R2: no word that exposes, ridicules, embarrasses or threatens.
    """
    text = " ".join([message.text, *(option.title for option in message.options)])
    if not sayable.identified and (giveaway := GIVEAWAYS.search(text)):
        return Refused("R10", giveaway.group())
    allowed = sayable.amounts | amounts_of(message.source)
    for found in AMOUNT.finditer(text):
        if centavos_of(found) not in allowed:
            return Refused("R40", found.group())
    for digits in ELEVEN_DIGITS.finditer(text):
        if CPF().validate(digits.group()):
            return Refused("R48", "CPF")
    fault = first_fault(text)
    return None if fault is None else Refused(fault.rule, fault.words)


def centavos_of(found: re.Match[str]) -> int:
    """The centavos of one match of AMOUNT."""
    return int(found.group(1).replace(".", "")) * 100 + int((found.group(2) or "").ljust(2, "0"))


def amounts_of(source: Mapping[str, object]) -> frozenset[int]:
    """The centavos that the engine approved for this very message."""
    facts = source.get("facts")
    amounts = facts.get("amounts") if isinstance(facts, Mapping) else None
    return frozenset(a for a in amounts if isinstance(a, int)) if isinstance(amounts, list) else frozenset()
