"""What the program says outside the dialogue's own texts, and how amounts and days are written. Owner of Babel.

Texts stand in the catalogs of `pt_BR` under stable codes, with {facts}: `trato.po`, and one file each for what grows on
its own (rules, contact, policies). The dialogue's longer texts stand in `data/responses`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path

from babel.dates import format_date
from babel.messages.pofile import read_po
from babel.numbers import format_currency, format_percent

from bot.domain.cases import Fact, Line, Lines
from bot.domain.money import Money

LOCALE = "pt_BR"
CATALOGS = Path(__file__).parent / LOCALE


class MissingText(KeyError):
    """A code that the catalog does not know."""


@cache
def catalog() -> Mapping[str, str]:
    """Code → text, of all catalogs. Raises ValueError where two of them have the same code."""
    texts: dict[str, str] = {}
    for path in sorted(CATALOGS.glob("*.po")):
        with path.open("rb") as file:
            found = {str(m.id): str(m.string) for m in read_po(file, locale=LOCALE) if m.id and m.string}
        if twice := found.keys() & texts.keys():
            raise ValueError(f"{path.name}: in another catalog too: {sorted(twice)}")
        texts |= found
    return texts


def say(code: str, **facts: object) -> str:
    """One text of the catalog, its facts filled in. Raises MissingText."""
    try:
        text = catalog()[code]
    except KeyError:
        raise MissingText(code) from None
    return text.format(**{name: written(value) for name, value in facts.items()})


def brl(amount: Money) -> str:
    """`R$ 1.234,56`, with an ordinary space."""
    return format_currency(amount.to_decimal(), "BRL", locale=LOCALE).replace("\xa0", " ")


def day(value: date) -> str:
    """`25/11/2026`."""
    return format_date(value, "dd/MM/yyyy", locale=LOCALE)


def moment(value: datetime) -> str:
    """`25/11 às 09:00`, in the zone that the value carries."""
    return f"{value:%d/%m} às {value:%H:%M}"


def rate(value: Decimal) -> str:
    """A fraction as a percentage: 0.008 is `0,8%`."""
    return format_percent(value, "#,##0.##%", locale=LOCALE)


def written(value: object) -> str:
    """Any fact as people read it."""
    match value:
        case None:
            return ""
        case Money():
            return brl(value)
        case datetime():
            return moment(value)
        case date():
            return day(value)
        case Decimal():
            return rate(value)
        case Lines(lines):
            return "\n".join(_line(one) for one in lines)
        case _:
            return str(value)


def _line(line: Line) -> str:
    return say(line.code, **line.facts)


def amounts_in(facts: Mapping[str, Fact]) -> list[int]:
    """The centavos of every amount among these facts, lists included: what the text may name (R40)."""
    found: set[int] = set()
    for value in facts.values():
        match value:
            case Money(centavos):
                found.add(abs(centavos))
            case Lines(lines):
                for line in lines:
                    found.update(amounts_in(line.facts))
            case _:
                pass
    return sorted(found)
