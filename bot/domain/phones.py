"""Brazilian phone numbers in one form: E.164, mobiles with the ninth digit. The only module that knows phonenumbers."""

from __future__ import annotations

import phonenumbers
from phonenumbers import NumberParseException

MOBILE_WITHOUT_NINTH = 10  # national digits of a mobile before the ninth digit came (area code and eight digits)


def canonical_phone(text: str, *, region: str = "BR") -> str | None:
    """E.164 of a phone written in any usual way, or None where it is none.

    Brazilian mobiles are the same with and without the ninth digit (`+55 11 8888-7777` is `+5511988887777`).
    """
    try:
        number = phonenumbers.parse(text, region)
    except NumberParseException:
        return None
    national = str(number.national_number)
    if number.country_code == 55 and len(national) == MOBILE_WITHOUT_NINTH and national[2] in "6789":
        number = phonenumbers.parse(f"+55{national[:2]}9{national[2:]}")
    if not phonenumbers.is_valid_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def is_mobile(e164: str) -> bool:
    """Whether the number can take a text message."""
    kind = phonenumbers.number_type(phonenumbers.parse(e164))
    return kind in (phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE)
