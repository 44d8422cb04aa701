from __future__ import annotations

from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.errors import InvalidPolicy
from bot.domain.money import Money
from bot.domain.policy import Authority, Mode, Policy, Proof
from bot.domain.policy_files import is_pix_key, line_of, parse_policy
from bot.domain.profiles import ProfileKind
from tests.unit.domain.makers import EXEMPLO, a_policy


def faults_of(old: str, new: str) -> list[dict[str, Any]]:
    assert old in EXEMPLO
    with pytest.raises(InvalidPolicy) as refusal:
        parse_policy(EXEMPLO.replace(old, new, 1), source="x.toml")
    assert refusal.value.facts["source"] == "x.toml"
    errors = refusal.value.facts["errors"]
    assert isinstance(errors, list)
    return errors


def test_the_sample_creditor_loads() -> None:
    policy = a_policy()
    assert policy.creditor.slug == "exemplo"
    assert policy.creditor.document == "11.222.333/0001-81"
    assert policy.creditor.mode is Mode.FIRST_PARTY
    assert policy.identity.proof is Proof.BIRTH_DATE
    assert policy.charges.fine == Decimal("0.02")
    assert not any((policy.consequences.listing, policy.consequences.protest, policy.consequences.lawsuit))


@pytest.mark.parametrize(
    ("old", "new", "path", "rule"),
    [
        ("fine = 0.02", "fine = 0.021", "charges.fine", "R34"),
        ("monthly_interest = 0.01", "monthly_interest = 0.011", "charges.monthly_interest", "R36"),
        ("monthly_rate = 0.008", "monthly_rate = 0.02", "installments.monthly_rate", "R36"),
        ("fee = 0  #", "fee = 0.1  #", "charges.fee", "R39"),
        ("expires_hours = 6", "expires_hours = 7", "offer.expires_hours", "R58"),
        ('document = "11.222.333/0001-81"', 'document = "11.222.333/0001-82"', "creditor.document", "R4"),
        ('address = "Rua do Exemplo, 100, Centro, 01001-000"', 'address = " "', "creditor.address", "R4"),
        ('pix_key = "11222333000181"', 'pix_key = "qualquer coisa"', "creditor.pix_key", "R8"),
    ],
)
def test_R34_R36_R39_R58_R4_R8_a_refusal_names_line_path_and_rule(old: str, new: str, path: str, rule: str) -> None:
    line = EXEMPLO[: EXEMPLO.index(old)].count("\n") + 1
    (fault,) = faults_of(old, new)
    assert (fault["line"], fault["path"], fault["rule"]) == (line, path, rule)


@pytest.mark.parametrize(
    ("old", "new", "path", "code"),
    [
        ("fine = 0.02", "finne = 0.02", "charges.finne", "unexpected_keyword_argument"),
        ("fine = 0.02", 'fine = "dois"', "charges.fine", "decimal_parsing"),
        ("fine = 0.02", "fine = nan", "charges.fine", "finite_number"),
        ("fine = 0.02", "fine = -0.01", "charges.fine", "out_of_range"),
        ("occasional = [0.03, 0.05, 0.08]", "occasional = [0.05, 0]", "discounts.rungs.occasional", "rungs_fall"),
        ("occasional = [0.03, 0.05, 0.08]", "occasional = [0, 0.7]", "discounts.rungs.occasional", "out_of_range"),
        ("occasional = [0.03, 0.05, 0.08]", "", "discounts.rungs.occasional", "missing"),
        ("due_days = [5, 10, 15, 20, 25]", "due_days = [0]", "installments.due_days", "out_of_range"),
        ('proof = "birth_date"', 'proof = "selfie"', "identity.proof", "enum"),
        ('state = "SP"', 'state = "XX"', "creditor.state", "invalid_state"),
    ],
)
def test_a_mistake_is_named_by_its_path_and_a_code(old: str, new: str, path: str, code: str) -> None:
    assert (path, code) in {(f["path"], f["code"]) for f in faults_of(old, new)}


def test_all_faults_come_at_once_in_the_order_of_the_lines() -> None:
    text = EXEMPLO.replace("fine = 0.02", "fine = 0.05").replace("expires_hours = 6", "expires_hours = 12")
    with pytest.raises(InvalidPolicy) as refusal:
        parse_policy(text.replace("0001-81", "0001-80"), source="x")
    errors = refusal.value.facts["errors"]
    assert isinstance(errors, list)
    assert [e["rule"] for e in errors] == ["R4", "R34", "R58"]


def test_what_is_no_toml_is_refused_with_its_line() -> None:
    (fault,) = faults_of("fine = 0.02", "fine = ")
    assert (fault["code"], fault["line"]) == ("not_toml", line_of(EXEMPLO, "charges.fine"))


def test_the_line_of_a_missing_key_is_that_of_its_table() -> None:
    assert line_of("a = 1\n[b]\nc = 2\n", "b.d") == 2
    assert line_of("a = 1\n[b]\nc = 2\n", "z.d") == 1


def test_a_policy_that_breaks_a_cap_cant_be_built_from_code_either() -> None:
    """R34."""
    good = a_policy()
    charges = type(good.charges)(fine=Decimal("0.10"))
    with pytest.raises(InvalidPolicy):
        Policy(good.version, good.valid_from, good.creditor, good.discounts, good.installments, charges=charges)


def test_R36_a_financial_institution_may_ask_for_more_interest() -> None:
    policy = a_policy(
        ("financial_institution = false", "financial_institution = true"),
        ("monthly_interest = 0.01", "monthly_interest = 0.06"),
    )
    assert policy.charge_terms().monthly_interest == Decimal("0.06")


@pytest.mark.parametrize(
    ("key", "good"),
    [
        ("11222333000181", True),
        ("52998224725", True),
        ("+5511988887777", True),
        ("cobranca@exemplo.com.br", True),
        ("123e4567-e89b-42d3-a456-426614174000", True),
        ("11.222.333/0001-81", False),
        ("52998224724", False),
        ("11988887777", False),
        ("+55119", False),
        ("a@b", False),
        ("", False),
    ],
)
def test_R8_a_pix_key_has_one_of_five_shapes(key: str, good: bool) -> None:
    assert is_pix_key(key) is good


class TestDiscounts:
    def test_extras_for_age_and_for_lifetime_value_come_on_top(self) -> None:
        policy = a_policy()
        discount = partial(policy.discount_at, 0, profile=ProfileKind.NEGLIGENT, balance=Money(300_00))
        assert discount() == Decimal("0.05")
        assert discount(days_past_due=400) == Decimal("0.15")
        assert discount(lifetime_value=Money(10_000_00)) == Decimal("0.15")
        assert discount(lifetime_value=Money(3_000_00)) == Decimal("0.10")

    def test_beyond_the_last_rung_there_is_nothing_more(self) -> None:
        policy = a_policy()
        last = policy.last_rung(ProfileKind.CHRONIC)
        assert policy.discount_at(last + 5, profile=ProfileKind.CHRONIC) == policy.discount_at(
            last, profile=ProfileKind.CHRONIC
        )

    def test_people_may_concede_more_than_the_assistant(self) -> None:
        policy = a_policy()
        by = [policy.discount_at(0, profile=ProfileKind.CHRONIC, authority=a) for a in Authority]
        assert by == [Decimal("0.03"), Decimal("0.08"), Decimal("0.13")]

    def test_a_negative_rung_is_a_mistake_of_the_caller(self) -> None:
        with pytest.raises(ValueError, match="rung"):
            a_policy().discount_at(-1, profile=ProfileKind.CHRONIC)


@given(
    st.integers(0, 6),
    st.sampled_from(ProfileKind),
    st.integers(0, 2000),
    st.tuples(st.integers(1, 10**7), st.integers(0, 10**9)),
    st.sampled_from(Authority),
)
def test_R71_rungs_never_fall_and_nobody_passes_the_ceiling(
    rung: int, profile: ProfileKind, days: int, amounts: tuple[int, int], authority: Authority
) -> None:
    policy = POLICY
    one, next_one = (
        policy.discount_at(
            r,
            profile=profile,
            days_past_due=days,
            balance=Money(amounts[0]),
            lifetime_value=Money(amounts[1]),
            authority=authority,
        )
        for r in (rung, rung + 1)
    )
    assert 0 <= one <= next_one <= policy.discounts.ceiling


RATE = st.decimals(Decimal("-0.05"), Decimal("0.15"), places=3)


@given(RATE, RATE, RATE, st.integers(-1, 12), st.booleans())
def test_R34_R36_R58_legal_caps_hold_for_any_policy_that_loads(
    fine: Decimal, interest: Decimal, plan_rate: Decimal, hours: int, institution: bool
) -> None:
    text = (
        EXEMPLO.replace("fine = 0.02", f"fine = {fine}", 1)
        .replace("monthly_interest = 0.01", f"monthly_interest = {interest}", 1)
        .replace("monthly_rate = 0.008", f"monthly_rate = {plan_rate}", 1)
        .replace("expires_hours = 6", f"expires_hours = {hours}", 1)
        .replace("financial_institution = false", f"financial_institution = {str(institution).lower()}", 1)
    )
    try:
        policy = parse_policy(text, source="x")
    except InvalidPolicy:
        within = 0 <= fine <= Decimal("0.02") and 1 <= hours <= 6 and interest >= 0 and plan_rate >= 0
        assert not (within and (institution or max(interest, plan_rate) <= Decimal("0.01")))
        return
    assert 0 <= policy.charges.fine <= Decimal("0.02")
    assert 1 <= policy.offer.expires_hours <= 6
    assert policy.charges.monthly_interest is not None
    assert institution or policy.charges.monthly_interest <= Decimal("0.01")
    assert institution or policy.installments.monthly_rate <= Decimal("0.01")


POLICY = a_policy()
