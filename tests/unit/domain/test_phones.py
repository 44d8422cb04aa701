"""One form for every way of writing a Brazilian phone."""

from __future__ import annotations

import pytest

from bot.domain.phones import canonical_phone, is_mobile


@pytest.mark.parametrize(
    "text",
    [
        *("+5511988887777", "+55 11 98888-7777", "(11) 98888-7777", "11988887777", "5511988887777"),
        *("+551188887777", "+55 (11) 8888-7777", "011 98888-7777"),
    ],
)
def test_a_mobile_is_the_same_with_and_without_the_ninth_digit(text: str) -> None:
    assert canonical_phone(text) == "+5511988887777"


def test_a_landline_gets_no_ninth_digit() -> None:
    assert canonical_phone("(11) 3333-4444") == "+551133334444"
    assert not is_mobile("+551133334444")
    assert is_mobile("+5511988887777")


def test_a_foreign_phone_is_kept() -> None:
    assert canonical_phone("+1 650 253 0000") == "+16502530000"


@pytest.mark.parametrize("text", ["", "abc", "123", "+55", "0000000000", "+55 11 98888-77777777"])
def test_what_is_no_phone_is_none(text: str) -> None:
    assert canonical_phone(text) is None
