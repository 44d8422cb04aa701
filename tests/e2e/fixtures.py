"""One running product for the whole session: importing Rasa takes twenty seconds, so it happens once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from itertools import count
from typing import Any

import pytest

from tests.e2e.people import OnTelegram, OnWhatsApp, Person
from tests.e2e.running import ROOT, RunningProduct

_numbers = count(1)


@pytest.fixture(scope="session")
def product() -> Iterator[RunningProduct]:
    """The whole product with the real Rasa, in a folder of its own. Skipped where nothing is set up for Rasa."""
    if not (ROOT / "rasa_server" / ".venv").exists():
        pytest.skip("the Rasa environment is missing: make setup")
    running = RunningProduct()
    running.start()
    yield running
    running.stop()


@pytest.fixture
def a_person(product: RunningProduct) -> Callable[..., Person]:
    """A debtor in the portfolio, with debts of their own."""

    def make(**facts: Any) -> Person:
        person = Person(next(_numbers), **facts)
        product.import_portfolio(person.rows())
        return person

    return make


@pytest.fixture
def on_whatsapp(product: RunningProduct, a_person: Callable[..., Person]) -> Callable[..., OnWhatsApp]:
    return lambda **facts: OnWhatsApp(product, a_person(**facts))


@pytest.fixture
def on_telegram(product: RunningProduct, a_person: Callable[..., Person]) -> Callable[..., OnTelegram]:
    return lambda **facts: OnTelegram(product, a_person(**facts))


@pytest.fixture
def a_stranger(product: RunningProduct) -> OnWhatsApp:
    """Somebody whose phone is in no portfolio."""
    return OnWhatsApp(product, Person(next(_numbers), born=date(1990, 1, 1)))
