"""`python -m tests.fuzz --turns 10000 --seed 1`: exits 1 and prints the shortest trace where a promise breaks."""

from __future__ import annotations

import argparse
import sys
import time

from tests.fuzz.run import fuzz


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--turns", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=None, help="another one each time where none is given")
    given = parser.parse_args()
    seed = given.seed if given.seed is not None else int(time.time())
    begun = time.monotonic()
    figures, failure = fuzz(given.turns, seed)
    print(
        f"seed {seed}: {figures.turns} turns, {figures.dialogues} dialogues, {figures.identified} confirmed, "
        f"{figures.offers} offers, {figures.agreements} agreements, {len(figures.responses)} different texts, "
        f"{time.monotonic() - begun:.0f} s"
    )
    if failure is None:
        return 0
    print(f"broken in the dialogue with seed {failure.seed}: {failure.what}\n{failure.trace}")
    return 1


if __name__ == "__main__":
    sys.exit(main())
