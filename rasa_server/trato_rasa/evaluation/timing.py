"""How long Rasa takes for a message, and how much memory: in a process of its own, with all that Rasa loads.

python -m trato_rasa.evaluation.timing MODEL < texts.txt
"""

from __future__ import annotations

import asyncio
import json
import resource
import sys
import time

WARM_UP = 20


async def measured(model: str, texts: list[str]) -> dict[str, float]:
    """Milliseconds of parsing one message after another (p50, p95), and MiB of memory at the most."""
    from rasa.core.agent import load_agent  # noqa: PLC0415 - takes 20 s and 500 MiB

    agent = await load_agent(model_path=model)
    spent = []
    for number, text in enumerate(texts):
        started = time.perf_counter()
        await agent.parse_message(text)
        if number >= WARM_UP:
            spent.append(1000 * (time.perf_counter() - started))
    spent.sort()
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"p50": spent[len(spent) // 2], "p95": spent[int(0.95 * len(spent))], "memory": memory}


def main() -> None:
    """The command; see the module's first lines."""
    texts = [line.rstrip("\n") for line in sys.stdin]
    sys.stdout.write(json.dumps(asyncio.run(measured(sys.argv[1], texts))) + "\n")


if __name__ == "__main__":
    main()
