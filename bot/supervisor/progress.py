"""What a person sees while everything starts: a live table on a terminal, else plain lines, or JSON."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal, Protocol

from rich.console import Console
from rich.live import Live
from rich.spinner import Spinner
from rich.table import Table
from rich.text import Text

from bot.supervisor.child import BecameReady, ChildEvent, Died, Started, last_lines

type Format = Literal["live", "plain", "json"]
NAME_WIDTH = 9


class Progress(Protocol):
    """`note` tells of a process, `say` of everything; `settle` ends the start, `close` everything."""

    def note(self, name: str, text: str, *, is_done: bool = False) -> None: ...
    def hear(self, event: ChildEvent) -> None: ...
    def say(self, text: str) -> None: ...
    def settle(self, *, seconds: float, url: str, hints: tuple[str, ...] = ()) -> None: ...
    def close(self) -> None: ...


def make_progress(kind: Format, names: tuple[str, ...], write: Callable[[str], None]) -> Progress:
    """`write` prints a line."""
    if kind == "json":
        return JsonLines(write)
    if kind == "live":
        return LiveTable(names)
    return PlainLines(write)


def told(event: ChildEvent) -> str:
    """An event in plain words."""
    match event:
        case Started():
            return "starting"
        case BecameReady(seconds=seconds):
            return f"ready after {seconds:.1f} s"
        case Died(status=None, pause_seconds=pause, log=log):
            return f"can't be started; next try in {pause:.1f} s (see {log})"
        case Died(status=status, lived_seconds=lived, pause_seconds=pause, log=log):
            how = f"ended with status {status}" if status is None or status >= 0 else f"was killed by signal {-status}"
            return f"{how} after {lived:.1f} s; starting again in {pause:.1f} s (see {log})"


@dataclass(slots=True)
class PlainLines:
    write: Callable[[str], None]
    _explained: set[str] = field(default_factory=set)

    def note(self, name: str, text: str, *, is_done: bool = False) -> None:
        del is_done
        self.write(f"{name:<{NAME_WIDTH}} {text}")

    def hear(self, event: ChildEvent) -> None:
        self.note(event.name, told(event))
        if isinstance(event, Died) and event.status not in {-9, -15} and event.name not in self._explained:
            self._explained.add(event.name)  # once: the log has the rest
            for line in last_lines(event.log):
                self.write(f"{'':<{NAME_WIDTH}} | {line}")

    def say(self, text: str) -> None:
        self.write(text)

    def settle(self, *, seconds: float, url: str, hints: tuple[str, ...] = ()) -> None:
        self.write(f"Trato is ready after {seconds:.0f} s: {url}   (Ctrl-C stops it)")
        for hint in hints:
            self.write(hint)

    def close(self) -> None:
        return


@dataclass(slots=True)
class JsonLines:
    write: Callable[[str], None]

    def note(self, name: str, text: str, *, is_done: bool = False) -> None:
        self._line(process=name, note=text, done=is_done)

    def hear(self, event: ChildEvent) -> None:
        match event:
            case Started(name, pid):
                self._line(process=name, state="started", pid=pid)
            case BecameReady(name, seconds):
                self._line(process=name, state="ready", seconds=round(seconds, 2))
            case Died(name, status, lived, pause, log):
                again = round(pause, 2)
                self._line(
                    process=name,
                    state="died",
                    status=status,
                    lived_seconds=round(lived, 2),
                    again_in_seconds=again,
                    log=str(log),
                )

    def say(self, text: str) -> None:
        self._line(note=text)

    def settle(self, *, seconds: float, url: str, hints: tuple[str, ...] = ()) -> None:
        del hints
        self._line(ready=True, seconds=round(seconds, 2), url=url)

    def close(self) -> None:
        return

    def _line(self, **facts: object) -> None:
        self.write(json.dumps(facts, ensure_ascii=False))


class LiveTable:
    """One row per process that changes in place; plain lines once everything is ready."""

    def __init__(self, names: tuple[str, ...], console: Console | None = None) -> None:
        self._console = console or Console(highlight=False)
        self._rows: dict[str, Spinner | Text] = {name: Spinner("dots", "waiting") for name in names}
        self._live = Live(self._table(), console=self._console, refresh_per_second=8, redirect_stderr=False)
        self._live.start()
        self._lines = PlainLines(lambda line: self._console.print(line, markup=False, soft_wrap=True))
        self._is_live = True

    def note(self, name: str, text: str, *, is_done: bool = False) -> None:
        if not self._is_live:
            self._lines.note(name, text)
            return
        self._rows[name] = Text(f"✓ {text}", style="green") if is_done else Spinner("dots", text)
        self._live.update(self._table())

    def hear(self, event: ChildEvent) -> None:
        if not self._is_live or isinstance(event, Died):
            self._lines.hear(event)
        if self._is_live:
            self.note(event.name, told(event), is_done=isinstance(event, BecameReady))

    def say(self, text: str) -> None:
        self._lines.say(text)

    def settle(self, *, seconds: float, url: str, hints: tuple[str, ...] = ()) -> None:
        self.close()
        self._lines.settle(seconds=seconds, url=url, hints=hints)

    def close(self) -> None:
        if self._is_live:
            self._is_live = False
            self._live.stop()

    def _table(self) -> Table:
        table = Table.grid(padding=(0, 1))
        for name, row in self._rows.items():
            table.add_row(f"{name:<{NAME_WIDTH}}", row)
        return table
