"""Equal installments with compound interest (Tabela Price), to the cent."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

from bot.domain.legal import DAYS_A_MONTH
from bot.domain.money import ZERO, Money

_RATE_PLACES = Decimal("0.000001")


def price_installments(
    price: Money, *, monthly_rate: Decimal, count: int, first_due_days: int, down_payment: Money = ZERO
) -> tuple[Money, ...]:
    """The amounts of a plan, one a month; the last takes the cents (R40).

    Args:
        price: what is financed.
        monthly_rate: compound, as a fraction.
        count: number of installments, the down payment among them.
        first_due_days: days until the first one. A first period of 30 days or more counts as one month, a shorter one
            as its share of it: waiting longer costs nothing, paying sooner costs less.
        down_payment: the least first amount; without effect where the equal installment is not smaller.

    Raises:
        ValueError: `count` is below 1.
    """
    if count < 1:
        raise ValueError(f"count must be at least 1, got {count}")
    factors = _factors(monthly_rate, count, min(first_due_days, DAYS_A_MONTH))
    equal = _spread(price.centavos, factors)
    if down_payment <= equal[0] or count == 1:
        return equal
    return (down_payment, *_spread(price.centavos - down_payment.centavos * factors[0], factors[1:]))


def effective_annual_rate(monthly_rate: Decimal) -> Decimal:
    """The yearly rate that R38 shows: compound, six places."""
    return ((1 + monthly_rate) ** 12 - 1).quantize(_RATE_PLACES)


@lru_cache(maxsize=4096)
def _factors(monthly_rate: Decimal, count: int, first_due_days: int) -> tuple[Decimal, ...]:
    """What one real due in each month is worth today; kept, since fractional powers are slow and policies few."""
    first_period = Decimal(first_due_days) / DAYS_A_MONTH
    return tuple((1 + monthly_rate) ** -(first_period + k) for k in range(count))


def _spread(present: Decimal | int, factors: Sequence[Decimal]) -> tuple[Money, ...]:
    whole = present * len(factors) / sum(factors, Decimal(0))
    return Money(int(whole.quantize(Decimal(1), rounding=ROUND_HALF_UP))).split(len(factors))
