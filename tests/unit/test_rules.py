"""The registry of rules: what it claims is there, every claim has a test, and the page is made from it."""

from __future__ import annotations

import importlib
import re
from functools import reduce
from pathlib import Path

import pytest

from bot.domain.contact_rules import may_contact
from bot.domain.legal import ALL_LIMITS
from bot.domain.rules import RULES, Rule, Standing
from bot.locale import catalog
from scripts.rules_page import PAGE, named_in_tests, page

ENFORCED = [rule for rule in RULES if rule.enforced]
BOT = Path(importlib.import_module("bot").__file__ or "").parent


def by_id(rule: Rule) -> str:
    return rule.id


def test_no_rule_is_listed_twice_and_the_numbers_rise() -> None:
    numbers = [int(rule.id[1:]) for rule in RULES]
    assert numbers == sorted(set(numbers))


@pytest.mark.parametrize("rule", ENFORCED, ids=by_id)
def test_what_enforces_a_rule_is_there(rule: Rule) -> None:
    for name in rule.enforced:
        module, _, path = name.partition(":")
        assert reduce(getattr, path.split("."), importlib.import_module(module)) is not None


@pytest.mark.parametrize("rule", ENFORCED, ids=by_id)
def test_a_rule_that_claims_enforcement_has_a_test_that_names_it(rule: Rule) -> None:
    named = [name for name in named_in_tests().get(rule.id, []) if name != "unit/test_rules.py"]
    assert named, f"no test names {rule.id}"


@pytest.mark.parametrize("rule", RULES, ids=by_id)
def test_every_rule_has_a_short_text_for_people(rule: Rule) -> None:
    assert f"rule_{rule.id}" in catalog()


@pytest.mark.parametrize("rule", RULES, ids=by_id)
def test_what_is_not_kept_says_what_is_missing(rule: Rule) -> None:
    assert rule.standing is Standing.KEPT or rule.gap


def test_a_rule_with_an_unconfirmed_number_is_unconfirmed() -> None:
    confirmed = {rule.id for rule in RULES if rule.confirmed}
    assert [limit.rule for limit in ALL_LIMITS if not limit.confirmed and limit.rule in confirmed] == []


def test_every_rule_that_the_code_refuses_by_is_listed() -> None:
    refused = set()
    for path in BOT.rglob("*.py"):
        refused |= set(re.findall(r'(?:Blocked|_Stop|Refused|Fault|_limit)\(\s*"(R\d+)"', path.read_text("utf-8")))
    assert refused
    assert refused - {rule.id for rule in RULES} == set()


def test_every_reason_of_a_refusal_to_write_has_a_text() -> None:
    source = Path(importlib.import_module(may_contact.__module__).__file__ or "").read_text("utf-8")
    codes = set(re.findall(r'(?:_Stop|Blocked)\("R\d+", "(\w+)"', source))
    assert codes
    assert {f"reason_{code}" for code in codes} - catalog().keys() == set()


def test_the_page_is_as_fresh_as_the_code() -> None:
    assert PAGE.read_text("utf-8") == page(), "docs/rules.md is stale: run `make rules`"
