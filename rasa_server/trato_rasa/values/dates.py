"""Days that people mean, resolved against the day of the message.

dateparser was tried and knows none of "dia 10", "depois de amanhã", "daqui a 15 dias", "mês que vem" in Portuguese;
here dateutil does the calendar and `holidays` the banking days. Texts are `plain` and `in_digits`.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable
from datetime import date, timedelta
from functools import lru_cache

import holidays
from dateutil.relativedelta import relativedelta

from trato_rasa.values.found import Found

MONTHS = {
    "janeiro": 1, "jan": 1, "fevereiro": 2, "fev": 2, "marco": 3, "mar": 3, "abril": 4, "abr": 4, "maio": 5, "mai": 5,
    "junho": 6, "jun": 6, "julho": 7, "jul": 7, "agosto": 8, "ago": 8, "setembro": 9, "set": 9, "outubro": 10,
    "out": 10, "novembro": 11, "nov": 11, "dezembro": 12, "dez": 12,
}  # fmt: skip
WEEKDAYS = {"segunda": 0, "terca": 1, "quarta": 2, "quinta": 3, "sexta": 4, "sabado": 5, "domingo": 6}
ORDINALS = {"primeiro": 1, "segundo": 2, "terceiro": 3, "quarto": 4, "quinto": 5, "sexto": 6, "setimo": 7, "oitavo": 8,
            "nono": 9, "decimo": 10}  # fmt: skip
_MONTH = "|".join(sorted(MONTHS, key=len, reverse=True))
_WEEKDAY = "|".join(WEEKDAYS)
_NTH = "|".join(ORDINALS)

_PAID = re.compile(
    r"\b(?:paguei|pagou|quitei|depositei|transferi|comprei|venceu|vencia|fiz|mandei|acertei|foi|era|desde|caiu|efetuei)\b"
    r"[^.;!?\0]{0,30}$"
)
_NUMERIC = re.compile(r"(?<![\d/.,-])(\d{1,2})([/.-])(\d{1,2})(?:\2(\d{4}|\d{2}))?(?![\d/-]|[.,]\d)")
_ISO = re.compile(r"\b(\d{4})-(\d{2})-(\d{2})\b")
_NAMED = re.compile(
    rf"\b(?:dia\s+)?(\d{{1,2}}|primeiro|1[oº°])\s*(?:de|/|\s)\s*({_MONTH})\b(?:\.?\s*(?:de|/|,)?\s*(\d{{4}})\b)?"
)
_DAY = re.compile(
    r"\bdias?\s+(\d{1,2}|primeiro|1[oº°])(?![\d/]|\s*(?:%|reais|x\b))((?:\s*(?:,|e|ou)\s*(?:dia\s+)?\d{1,2}\b(?!\s*(?:x|vezes|parcela|reais|/)))*)"
    r"(?:\s*,?\s*(?:d[eo]\s+|agora\s+do\s+|n[eo]\s+)?(mes que vem|proximo mes|outro mes|mes seguinte|(?:deste|desse|este|esse) mes|mes passado|do corrente))?"
)
_BANKING = re.compile(
    rf"\b(?:(\d{{1,2}})[oº°]?|({_NTH}|ultimo))\s*(?:o\s+)?dia\s+util(?:\s+(?:d[eo]\s+)?(mes que vem|proximo mes|outro mes|(?:deste|desse) mes))?"
)
_AHEAD = re.compile(
    r"\b(?:daqui(?:\s+a)?|em|dentro de|mais|apos|passados?|com mais)\s+(?:uns\s+|umas\s+|mais\s+)?(\d{1,3}|um|uma)\s+(dia|semana|mes|ano)(?:e?s)?\b"
)
_BACK = re.compile(r"\b(\d{1,3}|um|uma)\s+(dia|semana|mes|ano)(?:e?s)?\s+atras\b")
_WEEK = re.compile(
    rf"\b(?:(proxim[ao]|outra|essa|esta|nesta|nessa|ultima|ultimo)\s+)?({_WEEKDAY})s?(?:[\s-]?feira)?\b"
    r"(\s+(?:que vem|da semana que vem|da proxima semana|da outra semana|proxim[ao]|passad[ao]|da semana passada))?"
)
_NOT_A_WEEKDAY = re.compile(
    r"^\s*(?:opc|via\b|parcela|vez|mensag|msg|lig|chamad|cobranc|pessoa|tentat|reclam|mes\b|casa\b|loja|mao\b|proposta|alternativa|prestac|divida|conta|oferta|condic)"
)
_MONTH_EDGE = re.compile(
    r"\b(?:no\s+|pro\s+|ate\s+(?:o\s+)?)?(comeco|inicio|meio|fim|final|virada)\s+d[eo]\s+(?:(mes que vem|proximo mes|outro mes)|(?:este\s+|esse\s+)?mes\b)"
)
_SIMPLE: tuple[tuple[re.Pattern[str], Callable[[date], date]], ...] = (
    (re.compile(r"\bdepois d[eo]\s?amanha\b"), lambda today: today + timedelta(2)),
    (re.compile(r"\bamanha\b"), lambda today: today + timedelta(1)),
    (re.compile(r"\banteontem\b|\bantes de ontem\b"), lambda today: today - timedelta(2)),
    (re.compile(r"\bontem\b"), lambda today: today - timedelta(1)),
    (re.compile(r"\bhoje\b"), lambda today: today),
    (
        re.compile(r"\b(?:outra semana|semana que vem|proxima semana|semana seguinte)\b"),
        lambda today: today + timedelta(7),
    ),
    (re.compile(r"\bsemana passada\b"), lambda today: today - timedelta(7)),
    (re.compile(r"\b(?:mes que vem|proximo mes|mes seguinte)\b"), lambda today: today + relativedelta(months=1)),
    (re.compile(r"\bmes passado\b"), lambda today: today - relativedelta(months=1)),
    (re.compile(r"\bnatal\b"), lambda today: _this_year(12, 25, today, past=False) or today),
    (re.compile(r"\b(?:ano que vem|proximo ano)\b"), lambda today: today + relativedelta(years=1)),
)


def read_dates(text: str, *, today: date) -> list[Found]:  # noqa: PLR0912 - one branch for each way to name a day
    """Days in a text as ISO dates, in the order of the text.

    Args:
        text: `plain` and `in_digits`; what other readers took is blanked.
        today: the local day of the message.
    """
    found: list[Found] = []

    def take(match: re.Match[str], *days: date | None) -> None:
        nonlocal text
        for number, day in enumerate(days):
            if day is not None:
                found.append(Found("date", day.isoformat(), match.start() + number, match.end()))
        text = text[: match.start()] + "\0" * (match.end() - match.start()) + text[match.end() :]

    for match in _ISO.finditer(text):
        take(match, _day(*(int(part) for part in match.groups())))
    for match in _NUMERIC.finditer(text):
        if not (day := _numeric(match, text, today)):
            continue
        take(match, day)
    for match in _NAMED.finditer(text):
        take(match, _named(match, text, today))
    for match in _BANKING.finditer(text):
        take(match, _nth_banking_day(match, today))
    for match in _DAY.finditer(text):
        take(match, *_month_days(match, text, today))
    for match in _AHEAD.finditer(text):
        take(match, _shifted(match, today, 1))
    for match in _BACK.finditer(text):
        take(match, _shifted(match, today, -1))
    for match in _WEEK.finditer(text):
        if not _NOT_A_WEEKDAY.search(text[match.end() :]) and not re.search(
            r"\b(?:todas?|toda) (?:as )?$", text[: match.start()]
        ):
            take(match, _weekday(match, text, today))
    for match in _MONTH_EDGE.finditer(text):
        take(match, _month_edge(match, today))
    for pattern, resolve in _SIMPLE:
        for match in pattern.finditer(text):
            if not _is_greeting_or_shift(match, text):
                take(match, resolve(today))
    found.sort(key=lambda one: one.start)
    return found


def read_birth_date(text: str, *, today: date) -> Found | None:
    """A day of birth in a `plain` and `in_digits` text: in the past, two digits of a year read as the last century
    where they would lie in the future; eight or six digits alone as well. None where there is none."""
    for pattern in (_ISO, re.compile(r"(?<!\d)(\d{1,2})[\s/.-]+(\d{1,2})[\s/.-]+(\d{4}|\d{2})(?![\d/])"), _NAMED_BIRTH):
        for match in pattern.finditer(text):
            if day := _birth(match, pattern, today):
                return Found("birth_date", day.isoformat(), match.start(), match.end())
    match = re.fullmatch(r"\D*?(\d{2})(\d{2})(\d{4}|\d{2})\D*", text)
    if match and (day := _birth(match, _NUMERIC, today)):
        return Found("birth_date", day.isoformat(), match.start(1), match.end(3))
    return None


_NAMED_BIRTH = re.compile(
    rf"\b(\d{{1,2}}|primeiro|1[oº°])\s*(?:de|/|\s)?\s*({_MONTH})\b\.?\s*(?:de|/|,|do ano de)?\s*(\d{{4}}|\d{{2}})\b"
)


def _birth(match: re.Match[str], pattern: re.Pattern[str], today: date) -> date | None:
    first, second, third = match.groups()[:3]
    if pattern is _ISO:
        day = _day(int(first), int(second), int(third))
    else:
        month = MONTHS.get(second) or int(second)
        number = 1 if not first.isdigit() else int(first)
        year = int(third)
        if len(third) == 2:
            year += 2000
            if (day := _day(year, month, number)) is None or day > today:
                year -= 100
        day = _day(year, month, number)
    if day is None or day > today or day.year < today.year - 130:
        return None
    return day


def _day(year: int, month: int, number: int) -> date | None:
    """A day, or the last of its month where the month lacks it; None where it cannot be one."""
    if not (1 <= month <= 12 and 1 <= number <= 31 and 1900 <= year <= 2200):
        return None
    return date(year, month, min(number, calendar.monthrange(year, month)[1]))


def _number(text: str) -> int:
    return int(text) if text.isdigit() else 1


def _is_past(match: re.Match[str], text: str) -> bool:
    return bool(_PAID.search(text[: match.start()]))


def _numeric(match: re.Match[str], text: str, today: date) -> date | None:
    number, separator, month, year = match.groups()
    if separator != "/" and year is None:
        return None
    if year is None:
        before = text[: match.start()].rstrip()
        if before.endswith("nota") or (month == "10" and int(number) <= 10 and "nota" in text):
            return None
        return _this_year(int(month), int(number), today, past=_is_past(match, text))
    return _day(int(year) + (2000 if len(year) == 2 else 0), int(month), int(number))


def _named(match: re.Match[str], text: str, today: date) -> date | None:
    number, month, year = match.groups()
    if year:
        return _day(int(year), MONTHS[month], _number(number))
    return _this_year(MONTHS[month], _number(number), today, past=_is_past(match, text))


def _this_year(month: int, number: int, today: date, *, past: bool) -> date | None:
    """The coming one of a day and month, today's own counted as this year's; in a past sentence the last one."""
    day = _day(today.year, month, number)
    if day is None:
        return None
    if past:
        return day if day <= today else _day(today.year - 1, month, number)
    return day if day >= today else _day(today.year + 1, month, number)


def _month_days(match: re.Match[str], text: str, today: date) -> list[date | None]:
    first, more, which = match.groups()
    numbers = [_number(first)] + [int(number) for number in re.findall(r"\d{1,2}", more)]
    return [_month_day(number, which, today, past=_is_past(match, text)) for number in numbers]


def _month_day(number: int, which: str | None, today: date, *, past: bool) -> date | None:
    this = today.replace(day=1)
    if which and ("vem" in which or "proximo" in which or "outro" in which or "seguinte" in which):
        month = this + relativedelta(months=1)
        return _day(month.year, month.month, number)
    if which and "passado" in which:
        month = this - relativedelta(months=1)
        return _day(month.year, month.month, number)
    if which:
        return _day(today.year, today.month, number)
    day = _day(today.year, today.month, number)
    if past:
        if day is None or day <= today:
            return day
        month = this - relativedelta(months=1)
        return _day(month.year, month.month, number)
    if day is None or day > today:
        return day
    month = this + relativedelta(months=1)
    return _day(month.year, month.month, number)


@lru_cache(maxsize=64)
def _banking_days(year: int, month: int) -> tuple[date, ...]:
    """Monday to Friday without national holidays."""
    off = holidays.country_holidays("BR", years=year)
    days = (date(year, month, number) for number in range(1, calendar.monthrange(year, month)[1] + 1))
    return tuple(day for day in days if day.weekday() < 5 and day not in off)


def _nth_banking_day(match: re.Match[str], today: date) -> date | None:
    number, name, which = match.groups()
    index = -1 if name == "ultimo" else (int(number) if number else ORDINALS[name]) - 1
    months = [0, 1] if which is None or ("mes" in which and ("este" in which or "esse" in which)) else [1]
    for ahead in months:
        month = today.replace(day=1) + relativedelta(months=ahead)
        days = _banking_days(month.year, month.month)
        if index < len(days) and (ahead or days[index] > today):
            return days[index]
    return None


def _shifted(match: re.Match[str], today: date, direction: int) -> date:
    number = _number(match.group(1)) * direction
    unit = {"dia": "days", "semana": "weeks", "mes": "months", "ano": "years"}[match.group(2)]
    return today + relativedelta(**{unit: number})


def _weekday(match: re.Match[str], text: str, today: date) -> date:
    before, name, after = match.group(1) or "", match.group(2), match.group(3) or ""
    coming = today + timedelta((WEEKDAYS[name] - today.weekday() - 1) % 7 + 1)
    if "passad" in after or before.startswith("ultim") or (not after and not before and _is_past(match, text)):
        return today - timedelta((today.weekday() - WEEKDAYS[name] - 1) % 7 + 1)
    next_week = today - timedelta(today.weekday()) + timedelta(7)
    if "que vem" in after or "semana" in after:
        return next_week + timedelta(WEEKDAYS[name])
    return coming


def _month_edge(match: re.Match[str], today: date) -> date | None:
    edge, ahead = match.groups()
    month = today.replace(day=1) + relativedelta(months=1 if ahead else 0)
    if edge in {"comeco", "inicio", "virada"}:
        if not ahead:
            month += relativedelta(months=1)
        return month
    number = 15 if edge == "meio" else 31
    day = _day(month.year, month.month, number)
    if day is not None and day <= today:
        month += relativedelta(months=1)
        day = _day(month.year, month.month, number)
    return day


def _is_greeting_or_shift(match: re.Match[str], text: str) -> bool:
    """ "ate amanha" at the end of a good-bye stays a date; "dia de hoje", "hoje em dia" are none."""
    return match.group() == "hoje" and text[match.end() :].startswith(" em dia")
