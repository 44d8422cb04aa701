"""Fixtures of all tests. Those of the Rasa side run on Python 3.10, where the product can't be imported."""

import sys

if sys.version_info >= (3, 12):  # noqa: UP036
    from tests.e2e.fixtures import a_person, a_stranger, on_telegram, on_whatsapp, product

    __all__ = ["a_person", "a_stranger", "on_telegram", "on_whatsapp", "product"]
