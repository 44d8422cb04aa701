"""`python -m tests.crash --dialogues 200`: kill processes amid dialogues. 1: something was lost or doubled."""

from __future__ import annotations

import argparse
import asyncio
import sys
from pathlib import Path

from rich.console import Console

from tests.crash.kills import PROCESSES
from tests.crash.run import SETTINGS, crash, show
from tests.e2e.running import RunningProduct


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.crash", description=__doc__)
    parser.add_argument("--dialogues", type=int, default=200)
    parser.add_argument("--kill", default=",".join(PROCESSES), help="which processes, in this order")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--logs", type=Path, help="write the ends of the product's logs there")
    options = parser.parse_args()
    kills = [name for name in options.kill.split(",") if name]
    if unknown := set(kills) - set(PROCESSES):
        parser.error(f"no such process: {', '.join(sorted(unknown))}")
    console = Console()
    product = RunningProduct(settings=SETTINGS)
    console.print("Starting the product …")
    product.start()
    try:
        console.print(f"{options.dialogues} dialogues, killing {', '.join(kills)} …")
        outcome = asyncio.run(crash(product, dialogues=options.dialogues, kills=kills, seed=options.seed))
        show(outcome, console)
        if options.logs:
            options.logs.write_text(product.logs(lines=5000), "utf-8")
    finally:
        product.stop()
    return 1 if outcome.findings.violations else 0


if __name__ == "__main__":
    sys.exit(main())
