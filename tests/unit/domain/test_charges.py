from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.charges import ChargeKind, ChargeTerms, charge_sheet, charge_sheet_of
from bot.domain.debts import DebtInstallment
from bot.domain.legal import monthly_rates
from bot.domain.money import Money, total
from tests.unit.domain.makers import TODAY, a_debt, overdue, paid

TERMS = ChargeTerms(fine=Decimal("0.02"), monthly_interest=Decimal("0.01"))

INSTALLMENTS = st.lists(
    st.builds(overdue, st.integers(1, 500_000_00), days=st.integers(-400, 1700)), min_size=1, max_size=8
)
RATES = st.builds(
    ChargeTerms,
    fine=st.decimals(0, Decimal("0.02"), places=4),
    monthly_interest=st.decimals(0, Decimal("0.01"), places=4),
    fee=st.decimals(0, Decimal("0.2"), places=2),
    contract_rate=st.none() | st.decimals(0, Decimal("0.1"), places=4),
)


def test_R34_R36_fine_once_and_simple_interest_by_day() -> None:
    # given R$ 1.000,00 that fell due 45 days ago
    sheet = charge_sheet(a_debt(overdue(100_000, days=45)), today=TODAY, terms=TERMS)

    # then
    assert sheet.by_kind() == {
        ChargeKind.PRINCIPAL: Money(100_000),
        ChargeKind.FINE: Money(2_000),
        ChargeKind.INTEREST: Money(1_500),
    }
    assert sheet.total == Money(103_500)
    assert {item.days for item in sheet.items if item.kind is not ChargeKind.PRINCIPAL} == {45}


def test_each_overdue_installment_has_charges_of_its_own_and_paid_ones_none() -> None:
    debt = a_debt(
        paid(50_000, late=0, number=1), overdue(50_000, days=60, number=2), overdue(50_000, days=30, number=3)
    )
    sheet = charge_sheet(debt, today=TODAY, terms=TERMS)
    assert [(i.kind.value, i.installment, i.amount.centavos) for i in sheet.items] == [
        ("principal", 2, 50_000),
        ("fine", 2, 1_000),
        ("interest", 2, 1_000),
        ("principal", 3, 50_000),
        ("fine", 3, 1_000),
        ("interest", 3, 500),
    ]


def test_charges_count_on_what_is_still_open_of_a_part_payment() -> None:
    part = DebtInstallment(1, TODAY - timedelta(days=30), Money(100_000), paid=Money(60_000))
    assert charge_sheet(a_debt(part), today=TODAY, terms=TERMS).total == Money(40_000 + 800 + 400)


def test_an_installment_due_on_a_weekend_bears_nothing_until_the_next_business_day_is_over() -> None:
    """Lei 7.089/1983."""
    debt = a_debt(DebtInstallment(1, date(2026, 11, 21), Money(100_000)))  # a Saturday
    assert charge_sheet(debt, today=date(2026, 11, 23), terms=TERMS).total == Money(100_000)
    late = charge_sheet(debt, today=date(2026, 11, 24), terms=TERMS)
    assert late.by_kind()[ChargeKind.INTEREST] == Money(100)


def test_what_falls_due_later_is_left_out_unless_asked_for() -> None:
    debt = a_debt(overdue(50_000, days=30, number=1), overdue(50_000, days=-30, number=2))
    assert charge_sheet(debt, today=TODAY, terms=TERMS).principal == Money(50_000)
    assert charge_sheet(debt, today=TODAY, terms=TERMS, include_upcoming=True).principal == Money(100_000)


def test_R37_paying_early_takes_the_interest_out() -> None:
    # given an installment of R$ 110,00 that falls due in 30 days, 10 % a month inside
    terms = ChargeTerms(contract_rate=Decimal("0.10"))
    sheet = charge_sheet(a_debt(overdue(11_000, days=-30)), today=TODAY, terms=terms, include_upcoming=True)
    assert sheet.by_kind() == {ChargeKind.PRINCIPAL: Money(11_000), ChargeKind.DISCOUNT: Money(-1_000)}


def test_R35_where_no_rate_was_agreed_the_monthly_series_counts_by_day() -> None:
    # given 15 days of October (31 days) and 10 of November (30 days)
    rates = monthly_rates({"2026-10": "0.0062", "2026-11": "0.0090"})
    debt = a_debt(DebtInstallment(1, date(2026, 10, 16), Money(1_000_000)))
    sheet = charge_sheet(debt, today=date(2026, 11, 10), terms=ChargeTerms(legal_rates=rates))
    assert sheet.by_kind()[ChargeKind.INTEREST] == Money(3_000 + 3_000)


def test_R35_nothing_is_guessed_for_a_month_without_a_rate_nor_before_the_law() -> None:
    debt = a_debt(DebtInstallment(1, date(2024, 6, 10), Money(1_000_000)))
    terms = ChargeTerms(legal_rates=monthly_rates({"2024-07": "0.01", "2024-08": "0.0062"}))
    # then only 30 and 31 August 2024 count
    assert charge_sheet(debt, today=date(2024, 12, 10), terms=terms).by_kind()[ChargeKind.INTEREST] == Money(400)


def test_R35_a_due_date_at_the_end_of_a_month_counts_from_the_next() -> None:
    rates = monthly_rates({"2026-12": "0.0310", "2027-01": "0.0062"})
    debt = a_debt(DebtInstallment(1, date(2026, 12, 31), Money(1_000_000)))
    sheet = charge_sheet(debt, today=date(2027, 1, 5), terms=ChargeTerms(legal_rates=rates))
    assert sheet.by_kind()[ChargeKind.INTEREST] == Money(1_000)


@pytest.mark.parametrize(
    ("terms", "rule"),
    [
        ({"fine": Decimal("0.0201")}, "R34"),
        ({"monthly_interest": Decimal("0.0101")}, "R36"),
        ({"fee": Decimal(-1)}, "neg"),
    ],
)
def test_R34_R36_terms_above_a_cap_cant_be_built(terms: dict[str, Decimal], rule: str) -> None:
    with pytest.raises(ValueError, match=rule):
        ChargeTerms(**terms)  # type: ignore[arg-type]


def test_R36_a_financial_institution_may_agree_on_more() -> None:
    assert ChargeTerms(monthly_interest=Decimal("0.08"), financial_institution=True)


@given(INSTALLMENTS, RATES, st.booleans())
def test_R5_the_items_add_up_and_every_one_belongs_to_an_installment(
    installments: list[DebtInstallment], terms: ChargeTerms, upcoming: bool
) -> None:
    debt = a_debt(*installments)
    sheet = charge_sheet(debt, today=TODAY, terms=terms, include_upcoming=upcoming)
    assert sheet.total == total([item.amount for item in sheet.items]) == total(list(sheet.by_kind().values()))
    assert all((item.amount.centavos < 0) == (item.kind is ChargeKind.DISCOUNT) for item in sheet.items)
    assert all(item.debt_id == debt.id for item in sheet.items)
    assert sheet.of_debt(debt.id) == sheet


@given(INSTALLMENTS, RATES)
def test_R34_R36_no_fine_and_no_interest_above_the_cap_but_for_half_a_centavo(
    installments: list[DebtInstallment], terms: ChargeTerms
) -> None:
    for one in installments:
        kinds = charge_sheet(a_debt(one), today=TODAY, terms=terms).by_kind()
        days = one.days_past_due(TODAY)
        fine, interest = kinds.get(ChargeKind.FINE, Money(0)), kinds.get(ChargeKind.INTEREST, Money(0))
        assert fine.centavos <= one.amount.centavos * Decimal("0.02") + Decimal("0.5")
        assert interest.centavos <= one.amount.centavos * Decimal("0.01") * days / 30 + Decimal("0.5")


@given(INSTALLMENTS, RATES, st.integers(0, 200))
def test_more_days_late_never_cost_less(installments: list[DebtInstallment], terms: ChargeTerms, days: int) -> None:
    debt = a_debt(*installments)
    later = TODAY + timedelta(days=days)
    assert charge_sheet(debt, today=later, terms=terms).total >= charge_sheet(debt, today=TODAY, terms=terms).total


@given(INSTALLMENTS, INSTALLMENTS, RATES)
def test_a_sheet_of_several_debts_is_the_sum_of_theirs(
    first: list[DebtInstallment], second: list[DebtInstallment], terms: ChargeTerms
) -> None:
    debts = (a_debt(*first, number=1), a_debt(*second, number=2))
    both = charge_sheet_of(debts, today=TODAY, terms=terms)
    assert both.total == total([charge_sheet(d, today=TODAY, terms=terms).total for d in debts])
