"""Nothing is lost and nothing doubled when processes are killed amid dialogues; `make crash` at its full size."""

from __future__ import annotations

import io
from collections.abc import Iterator

import pytest
from rich.console import Console

from tests.crash.kills import PROCESSES
from tests.crash.run import SETTINGS, crash, show
from tests.e2e.running import ROOT, RunningProduct

DIALOGUES = 24


@pytest.fixture(scope="module")
def product() -> Iterator[RunningProduct]:
    """A product of its own: others would not like to see theirs killed."""
    if not (ROOT / "rasa_server" / ".venv").exists():
        pytest.skip("the Rasa environment is missing: make setup")
    running = RunningProduct(settings=SETTINGS)
    running.start()
    yield running
    running.stop()


@pytest.mark.slow
@pytest.mark.rasa
@pytest.mark.timeout(600)
async def test_every_message_is_answered_once_though_each_process_is_killed(product: RunningProduct) -> None:
    outcome = await crash(product, dialogues=DIALOGUES, kills=PROCESSES, seed=1)
    table = io.StringIO()
    show(outcome, Console(file=table, width=120))
    assert [kill.name for kill in outcome.kills] == list(PROCESSES), table.getvalue()
    assert outcome.findings.violations == [], table.getvalue() + product.logs()
