"""These tests need the Rasa environment: rasa_server/.venv/bin/python -m pytest tests/rasa_server."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "rasa_server"))

if importlib.util.find_spec("rasa") is None:
    collect_ignore_glob = ["test_*.py"]
