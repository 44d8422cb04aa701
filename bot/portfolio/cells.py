"""What one cell means: amounts, days, documents, phones, in every way in which Brazilian files write them."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from functools import lru_cache
from math import isfinite

from validate_docbr import CNPJ, CPF

from bot.domain.phones import canonical_phone
from bot.portfolio.readers import Cell
from bot.usecases.import_portfolio import Reason

MOST_CENTAVOS = 10**13  # a hundred billion reais: a cell with more is a cell of another kind
CPF_DIGITS, CNPJ_DIGITS = 11, 14
FEWEST_DIGITS = 8  # shorter than this, it was not leading zeros that a spreadsheet lost
EXCEL_ZERO = date(1899, 12, 30)  # right from March 1900 on: Excel counts a 29 February 1900
EXCEL_DAYS = range(61, 80_000)  # serial numbers up to the year 2119

_CPF, _CNPJ = CPF(), CNPJ()
_PLAIN_AMOUNT = re.compile(r"\d+[.,]\d\d")
_GROUPED = {
    ".": re.compile(r"[1-9]\d{0,2}(\.\d{3})+"),
    ",": re.compile(r"[1-9]\d{0,2}(,\d{3})+"),
}
_EMAIL = re.compile(r"[^@\s,;<>]+@[^@\s,;<>.]+(\.[^@\s,;<>.]+)+")
_BRAZILIAN_DAY = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})")
_INSTALLMENT = re.compile(r"0*(\d{1,4})(?:\s*(?:/|de)\s*\d{1,4})?", re.IGNORECASE)


class Invalid(Exception):
    """The cell does not hold what its column should; `detail` fills the text of the reason."""

    def __init__(self, reason: Reason, detail: str = "") -> None:
        super().__init__(reason, detail)
        self.reason = reason
        self.detail = detail


def text_of(cell: Cell) -> str:
    """The cell as one trimmed line; numbers that a spreadsheet made of codes lose their `.0`."""
    if cell is None:
        return ""
    if isinstance(cell, str):
        return " ".join(cell.split())
    if isinstance(cell, float):
        return str(int(cell)) if isfinite(cell) and cell.is_integer() else repr(cell)
    return str(cell)


@lru_cache(maxsize=1 << 14)
def document_of(cell: Cell) -> str:
    """A CPF (11 digits) or CNPJ (14 characters, letters too since July 2026), bare.

    Leading zeros that a spreadsheet lost come back. What could be both is a CPF.
    """
    text = text_of(cell).upper()
    bare = re.sub(r"[\s./-]", "", text)
    if not FEWEST_DIGITS <= len(bare) <= CNPJ_DIGITS or not bare.isascii() or not bare.isalnum():
        raise Invalid(Reason.DOCUMENT)
    if bare.isdigit() and len(bare) <= CPF_DIGITS and "/" not in text and _CPF.validate(bare.zfill(CPF_DIGITS)):
        return bare.zfill(CPF_DIGITS)
    whole = bare.zfill(CNPJ_DIGITS)
    if _CNPJ.validate(whole):
        return whole
    raise Invalid(Reason.DOCUMENT)


@lru_cache(maxsize=1 << 14)
def phone_of(cell: Cell) -> str:
    """E.164."""
    phone = canonical_phone(text_of(cell))
    if phone is None:
        raise Invalid(Reason.PHONE)
    return phone


def email_of(cell: Cell) -> str:
    text = text_of(cell).lower()
    if len(text) > 254 or not _EMAIL.fullmatch(text):
        raise Invalid(Reason.EMAIL)
    return text


@lru_cache(maxsize=1 << 14)
def day_of(cell: Cell) -> date:
    """ISO, dd/mm/yyyy, a spreadsheet's date or its serial number; a time of day is dropped."""
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    if isinstance(cell, int | float):
        return _day_of_serial(cell)
    text = re.split(r"[T ]\d{1,2}:\d\d", text_of(cell), maxsplit=1)[0]
    try:
        if found := _BRAZILIAN_DAY.fullmatch(text):
            day, month, year = map(int, found.groups())
            return date(year, month, day)
        return date.fromisoformat(text)
    except ValueError as error:
        raise Invalid(Reason.DATE) from error


def _day_of_serial(number: float) -> date:
    if isinstance(number, bool) or int(number) not in EXCEL_DAYS:
        raise Invalid(Reason.DATE)
    return EXCEL_ZERO + timedelta(days=int(number))


def centavos_of(cell: Cell) -> int:
    """Centavos of `1.234,56`, `1234.56`, `1,234.56`, `R$ 1.234,56` or a spreadsheet's number.

    One separator with exactly three digits behind it groups thousands: money has no third place.
    """
    text = text_of(cell)
    if _PLAIN_AMOUNT.fullmatch(text):
        centavos = int(text[:-3] + text[-2:])
    elif isinstance(cell, int | float):
        centavos = _centavos(text)
    else:
        centavos = _centavos(_with_decimal_point(text))
    if abs(centavos) > MOST_CENTAVOS:
        raise Invalid(Reason.TOO_LARGE)
    return centavos


def _with_decimal_point(text: str) -> str:
    text = text.replace("\u2212", "-").upper().replace("R$", "").replace("BRL", "").replace(" ", "").replace("'", "")
    sign = "-" if text.startswith(("-", "(")) else ""
    text = text.removeprefix("-").removeprefix("(").removesuffix(")")
    last = max(text.rfind("."), text.rfind(","))
    if last < 0:
        return sign + text
    decimal, grouping = (",", ".") if text[last] == "," else (".", ",")
    if grouping not in text and _GROUPED[decimal].fullmatch(text):
        return sign + text.replace(decimal, "")
    whole, cents = text[:last], text[last + 1 :]
    if grouping in whole:
        if not _GROUPED[grouping].fullmatch(whole):
            raise Invalid(Reason.AMOUNT)
        whole = whole.replace(grouping, "")
    return f"{sign}{whole}.{cents}"


def _centavos(text: str) -> int:
    """Raises Invalid where there is a fraction of a centavo, but for a computer's rounding."""
    try:
        exact = Decimal(text) * 100
        if not exact.is_finite() or "_" in text:
            raise Invalid(Reason.AMOUNT)
        whole = exact.quantize(Decimal(1), rounding=ROUND_HALF_UP)
    except InvalidOperation as error:
        raise Invalid(Reason.AMOUNT) from error
    if abs(exact - whole) > Decimal("0.0001"):
        raise Invalid(Reason.AMOUNT)
    return int(whole)


@lru_cache(maxsize=1 << 10)
def installment_of(cell: Cell) -> int:
    """`3`, `03` or `3/12`."""
    found = _INSTALLMENT.fullmatch(text_of(cell))
    if not found or int(found[1]) < 1:
        raise Invalid(Reason.INSTALLMENT)
    return int(found[1])


def boleto_line_of(cell: Cell) -> str:
    """The 47 digits of a bank's slip or the 48 of a utility's."""
    digits = re.sub(r"[\s.\-]", "", text_of(cell))
    if len(digits) not in (47, 48) or not (digits.isascii() and digits.isdigit()):
        raise Invalid(Reason.BOLETO_LINE)
    return digits


def masked_document(text: str) -> str:
    """Enough to find it in the file, too little to know it: `***.456.789-**` (R48)."""
    bare = re.sub(r"[\s./-]", "", text)
    if len(bare) == CPF_DIGITS and bare.isdigit():
        return f"***.{bare[3:6]}.{bare[6:9]}-**"
    if len(bare) == CNPJ_DIGITS:
        return f"**.***.{bare[5:8]}/{bare[8:12]}-**"
    shown = bare[len(bare) // 3 : len(bare) * 2 // 3]
    return f"***{shown}***" if bare else ""
