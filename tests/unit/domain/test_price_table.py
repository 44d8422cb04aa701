from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.money import ZERO, Money, total
from bot.domain.price_table import effective_annual_rate, price_installments

RATES = st.decimals(0, Decimal("0.15"), places=4)


def test_the_textbook_installment_of_the_price_table() -> None:
    # given R$ 1.000,00 in 10 installments at 1 % a month: 1000 · 0.01 / (1 − 1.01⁻¹⁰) = 105.582…
    amounts = price_installments(Money(100_000), monthly_rate=Decimal("0.01"), count=10, first_due_days=30)
    assert total(amounts) == Money(105_582)
    assert amounts[0] == Money(10_558)
    assert amounts[-1] == Money(10_560)


def test_without_interest_the_price_is_only_split() -> None:
    amounts = price_installments(Money(100_000), monthly_rate=Decimal(0), count=3, first_due_days=5)
    assert [a.centavos for a in amounts] == [33_333, 33_333, 33_334]


def test_a_down_payment_counts_only_where_it_is_more_than_an_installment() -> None:
    terms = {"monthly_rate": Decimal(0), "first_due_days": 5}
    split = price_installments(Money(100_000), count=20, down_payment=Money(10_000), **terms)  # type: ignore[arg-type]
    assert split[0] == Money(10_000)
    assert total(split) == Money(100_000)
    assert price_installments(Money(100_000), count=4, down_payment=Money(10_000), **terms)[0] == Money(25_000)  # type: ignore[arg-type]


def test_no_installments_are_a_mistake_of_the_caller() -> None:
    with pytest.raises(ValueError, match="count"):
        price_installments(Money(1), monthly_rate=Decimal(0), count=0, first_due_days=0)


def test_R38_the_effective_annual_rate_is_compound() -> None:
    assert effective_annual_rate(Decimal("0.01")) == Decimal("0.126825")
    assert effective_annual_rate(Decimal(0)) == 0


@given(st.integers(1, 10**9), RATES, st.integers(1, 60), st.integers(0, 90))
def test_equal_installments_but_for_the_cents_of_the_last(price: int, rate: Decimal, count: int, days: int) -> None:
    amounts = price_installments(Money(price), monthly_rate=rate, count=count, first_due_days=days)
    assert len(amounts) == count
    assert len(set(amounts[:-1])) <= 1
    assert 0 <= amounts[-1].centavos - amounts[0].centavos < count
    assert total(amounts) >= Money(price)


def test_a_first_due_date_later_than_a_month_costs_nothing_more() -> None:
    terms = {"monthly_rate": Decimal("0.02"), "count": 6}
    assert price_installments(Money(100_000), first_due_days=30, **terms) == price_installments(  # type: ignore[arg-type]
        Money(100_000),
        first_due_days=60,
        **terms,  # type: ignore[arg-type]
    )


@given(st.integers(10_000, 10**9), RATES, st.integers(2, 60), st.integers(0, 30), st.integers(0, 50))
def test_the_installments_are_worth_the_price_today(
    price: int, rate: Decimal, count: int, days: int, down: int
) -> None:
    amounts = price_installments(
        Money(price),
        monthly_rate=rate,
        count=count,
        first_due_days=days,
        down_payment=Money(price * down // 100),
    )
    worth = sum(a.centavos * (1 + rate) ** -(Decimal(days) / 30 + k) for k, a in enumerate(amounts))
    assert abs(worth - price) <= count  # the cents that moved to the last one


@given(st.integers(10_000, 10**9), RATES, st.integers(2, 60), st.integers(0, 60), st.integers(0, 29))
def test_paying_sooner_never_costs_more(price: int, rate: Decimal, count: int, days: int, sooner: int) -> None:
    def cost(first_due_days: int) -> Money:
        return total(price_installments(Money(price), monthly_rate=rate, count=count, first_due_days=first_due_days))

    assert cost(max(0, days - sooner)) <= cost(days)


@given(st.integers(10_000, 10**9), RATES, st.integers(2, 60), st.integers(0, 30), st.integers(0, 50))
def test_a_down_payment_never_makes_the_plan_dearer(
    price: int, rate: Decimal, count: int, days: int, percent: int
) -> None:
    down = Money(price).times(Decimal(percent) / 100)
    terms = {"monthly_rate": rate, "count": count, "first_due_days": days}
    with_it = price_installments(Money(price), down_payment=down, **terms)  # type: ignore[arg-type]
    without = price_installments(Money(price), down_payment=ZERO, **terms)  # type: ignore[arg-type]
    assert with_it[0] >= down
    assert total(with_it).centavos <= total(without).centavos + 1  # two roundings instead of one
