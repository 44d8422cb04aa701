"""The fuzz in a small size; `make fuzz` runs the big one."""

from __future__ import annotations

from tests.fuzz.run import fuzz


def test_no_promise_breaks_in_random_dialogues() -> None:
    figures, failure = fuzz(500, seed=1)

    assert failure is None, failure.trace
    assert figures.turns >= 500
    assert figures.identified, "nobody was confirmed: the fuzz checks nothing"
    assert figures.agreements, "nothing was agreed: the fuzz checks nothing"
