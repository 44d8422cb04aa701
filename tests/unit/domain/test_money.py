"""Whole centavos, rounded half up; parts that add up to the whole (R40)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.money import ZERO, Money, total

AMOUNTS = st.integers(0, 10**12).map(Money)


@pytest.mark.parametrize("wrong", [1.0, True, "1", Decimal(1), None])
def test_only_a_whole_number_is_an_amount(wrong: Any) -> None:
    with pytest.raises(TypeError):
        Money(wrong)


@pytest.mark.parametrize(
    ("reais", "centavos"), [("0.005", 1), ("0.004", 0), ("1.115", 112), ("1.125", 113), ("99.9", 9_990)]
)
def test_half_a_centavo_is_rounded_up(reais: str, centavos: int) -> None:
    """R40"""
    assert Money.from_decimal(Decimal(reais)) == Money(centavos)


@given(AMOUNTS, st.integers(1, 120))
def test_parts_add_up_and_the_last_takes_the_cents(amount: Money, parts: int) -> None:
    """R40"""
    split = amount.split(parts)

    assert total(split) == amount
    assert len(split) == parts
    assert len(set(split[:-1])) <= 1
    assert 0 <= split[-1].centavos - split[0].centavos < parts


def test_there_is_no_split_into_nothing() -> None:
    with pytest.raises(ValueError, match="at least 1"):
        Money(1).split(0)


@given(AMOUNTS, st.decimals(0, 1, places=4))
def test_a_share_and_the_rest_differ_by_a_centavo_at_most(amount: Money, share: Decimal) -> None:
    assert abs((amount.times(share) + amount.times(1 - share) - amount).centavos) <= 1


@given(AMOUNTS)
def test_reais_and_centavos_are_the_same_amount(amount: Money) -> None:
    assert Money.from_decimal(amount.to_decimal()) == amount
    assert amount - amount == ZERO
    assert not (amount + -amount)
