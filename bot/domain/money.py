"""Money is a whole number of centavos; there is no other representation inside the product."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal


@dataclass(frozen=True, slots=True, order=True)
class Money:
    """An amount in BRL. Negative amounts exist only as items of a sheet (a discount)."""

    centavos: int

    def __post_init__(self) -> None:
        if not isinstance(self.centavos, int) or isinstance(self.centavos, bool):
            raise TypeError(f"centavos must be an int, got {self.centavos!r}")

    @classmethod
    def from_decimal(cls, reais: Decimal) -> Money:
        """From reais, rounded half up to the centavo (R40)."""
        return cls(int((reais * 100).quantize(Decimal(1), rounding=ROUND_HALF_UP)))

    def to_decimal(self) -> Decimal:
        """In reais, with two places."""
        return (Decimal(self.centavos) / 100).quantize(Decimal("0.01"))

    def times(self, factor: Decimal) -> Money:
        """The amount times a fraction, rounded half up to the centavo (R40)."""
        return Money(int((self.centavos * factor).quantize(Decimal(1), rounding=ROUND_HALF_UP)))

    def split(self, parts: int) -> tuple[Money, ...]:
        """Equal parts that add up exactly; the last one takes the cents (R40).

        Raises:
            ValueError: `parts` is below 1.
        """
        if parts < 1:
            raise ValueError(f"parts must be at least 1, got {parts}")
        each = self.centavos // parts
        return (*(Money(each) for _ in range(parts - 1)), Money(self.centavos - each * (parts - 1)))

    def __add__(self, other: Money) -> Money:
        return Money(self.centavos + other.centavos)

    def __sub__(self, other: Money) -> Money:
        return Money(self.centavos - other.centavos)

    def __neg__(self) -> Money:
        return Money(-self.centavos)

    def __bool__(self) -> bool:
        return self.centavos != 0


ZERO = Money(0)


def total(amounts: list[Money] | tuple[Money, ...]) -> Money:
    """The sum, zero for none."""
    return Money(sum(amount.centavos for amount in amounts))
