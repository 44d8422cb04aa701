"""The Pix copy-and-paste code of one payment to a creditor. The only module that knows the `pybrcode` library.

A static BR Code: the creditor's own key (R8), a fixed amount, and a `txid` by which the bank's notice names it.

Source: Banco Central do Brasil, Manual de Padrões para Iniciação do Pix; EMV QRCPS merchant-presented mode.
"""

from __future__ import annotations

import re
import unicodedata
from uuid import UUID

from pybrcode.pix import Data, Pix

from bot.domain.money import Money
from bot.domain.policy import Creditor

LONGEST_NAME = 25
LONGEST_CITY = 15
LONGEST_KEY = 77
LARGEST_AMOUNT = Money(999_999_999_99)
_ARRANGEMENT = "br.gov.bcb.pix"
_ACCOUNT_ID, _ARRANGEMENT_ID, _KEY_ID, _AMOUNT_ID = 26, 0, 1, 54
_TXID = re.compile(r"[A-Za-z0-9]{1,25}")
_AGREEMENT_DIGITS = 22


def txid_of(agreement_id: UUID, number: int) -> str:
    """The txid of one installment: 22 hexadecimal digits of the agreement's id, then the number in three digits.

    The same installment always has the same txid, and the txid leads back to both.

    Raises:
        ValueError: `number` is not within 1 to 999.
    """
    if not 1 <= number <= 999:
        raise ValueError(f"no installment number: {number}")
    return f"{agreement_id.hex[:_AGREEMENT_DIGITS].upper()}{number:03d}"


def pix_code(creditor: Creditor, amount: Money, txid: str) -> str:
    """The text that a banking app takes under "Pix copia e cola".

    The library's own way refuses a bare CNPJ as the key, takes floats, and marks a code as usable once, which is the
    mark of a dynamic one; so key and amount go in as they are and the mark stays out. Name and city lose their
    accents and are cut to length.

    Raises:
        ValueError: the amount is not positive or too large, the txid is not 1 to 25 letters and digits, or the
            creditor's key, name or city can't stand in a code.
    """
    if not Money(0) < amount <= LARGEST_AMOUNT:
        raise ValueError(f"no amount for a code: {amount.centavos} centavos")
    if not _TXID.fullmatch(txid):
        raise ValueError(f"not a txid: {txid!r}")
    key = creditor.pix_key.strip()
    if not key.isascii() or not 0 < len(key) <= LONGEST_KEY:
        raise ValueError(f"not a Pix key: {key!r}")
    pix = Pix()  # type: ignore[no-untyped-call]
    pix.payload["poim"] = None
    pix.payload["mai"] = Data(_ACCOUNT_ID, [Data(_ARRANGEMENT_ID, _ARRANGEMENT), Data(_KEY_ID, key)])
    pix.setMname(_plain(creditor.legal_name, LONGEST_NAME))
    pix.setMcity(_plain(creditor.city, LONGEST_CITY))
    pix.payload["tamount"] = Data(_AMOUNT_ID, str(amount.to_decimal()))
    pix.setPixID(txid)
    return str(pix)


def _plain(text: str, longest: int) -> str:
    """Printable ASCII with single spaces, cut to length."""
    decomposed = unicodedata.normalize("NFKD", text)
    ascii_text = "".join(c for c in decomposed if " " <= c <= "~" or c.isspace())
    plain = " ".join(ascii_text.split())[:longest].rstrip()
    if not plain:
        raise ValueError(f"nothing of it can stand in a code: {text!r}")
    return plain
