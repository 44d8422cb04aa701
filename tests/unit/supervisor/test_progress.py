from __future__ import annotations

import json
from pathlib import Path

from bot.supervisor.child import BecameReady, Died, Started
from bot.supervisor.progress import JsonLines, PlainLines


def test_plain_lines_tell_each_process_and_then_the_link() -> None:
    # given
    lines: list[str] = []
    progress = PlainLines(lines.append)

    # when
    progress.hear(Started("web", 7))
    progress.hear(BecameReady("web", 1.25))
    progress.settle(seconds=33.4, url="http://127.0.0.1:8080/")

    # then
    assert lines == [
        "web       starting",
        "web       ready after 1.2 s",
        "Trato is ready after 33 s: http://127.0.0.1:8080/   (Ctrl-C stops it)",
    ]


def test_the_first_death_of_a_process_shows_the_end_of_its_log(tmp_path: Path) -> None:
    # given
    log = tmp_path / "rasa.log"
    log.write_text("much\nmore\nNo model found.\n")
    lines: list[str] = []
    progress = PlainLines(lines.append)

    # when
    progress.hear(Died("rasa", 1, 3.0, 0.25, log))
    progress.hear(Died("rasa", 1, 3.0, 0.5, log))

    # then
    assert [line for line in lines if "No model found." in line] == ["          | No model found."]


def test_json_is_an_object_a_line_and_ends_with_the_link() -> None:
    # given
    lines: list[str] = []
    progress = JsonLines(lines.append)

    # when
    progress.hear(Died("web", -9, 61.0, 0.25, Path("web.log")))
    progress.settle(seconds=20, url="http://127.0.0.1:8080/")

    # then
    died, ready = (json.loads(line) for line in lines)
    assert died["state"] == "died"
    assert died["status"] == -9
    assert ready == {"ready": True, "seconds": 20, "url": "http://127.0.0.1:8080/"}
