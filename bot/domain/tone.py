"""Words that never leave (R1, R2, R3): those that expose, ridicule, embarrass, threaten or hurry."""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fault:
    rule: str
    words: str


PATTERNS: tuple[tuple[str, re.Pattern[str]], ...] = (
    (
        "R1",
        re.compile(
            r"\b(caloteir\w*|vagabund\w*|vergonha|trambiqueir\w*|golpista|mau pagador|m[áa] pagadora|"
            r"irrespons[áa]ve\w*|desonest\w*|sem[- ]vergonha|picareta|malandr\w*|safad\w*)\b",
            re.IGNORECASE,
        ),
    ),
    (
        "R3",
        re.compile(
            r"\b(vamos|iremos|vou|ser[áa]|seu nome vai|voc[êe] vai)\b[^.?!]{0,40}\b(process\w*|protest\w*|negativ\w*|"
            r"penhor\w*|sujar|justi[çc]a|oficial de justi[çc]a|pris[ãa]o|pres[oa]|pol[íi]cia)\b",
            re.IGNORECASE,
        ),
    ),
    (
        "R2",
        re.compile(
            r"\b([úu]ltima chance|[úu]ltimo aviso|[úu]ltima oportunidade|s[óo] at[ée] hoje|agora ou nunca|"
            r"sen[ãa]o voc[êe]|nome limpo em \d+)\b",
            re.IGNORECASE,
        ),
    ),
    (
        "R8",
        re.compile(
            r"\b(me (passa|manda|envia|diz|informa)|informe|digite|envie|mande)\b[^.?!]{0,30}\b(senha|"
            r"n[úu]mero do cart[ãa]o|c[óo]digo de seguran[çc]a|cvv|selfie)\b",
            re.IGNORECASE,
        ),
    ),
)


def first_fault(text: str) -> Fault | None:
    """The first words of a text that break a rule of tone, None where it may be said."""
    for rule, pattern in PATTERNS:
        if found := pattern.search(text):
            return Fault(rule, found.group())
    return None
