"""Options of the understanding as config.yml gives them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from trato_rasa.priority import PROTECTIVE
from trato_rasa.understanding import Thresholds

DEFAULT_TIMEZONE = "America/Sao_Paulo"


def thresholds_of(config: Mapping[str, Any]) -> Thresholds:
    """The thresholds that config.yml sets; the others as in `Thresholds`."""
    given = {name: config[name] for name in (one.name for one in fields(Thresholds)) if config.get(name) is not None}
    if "protective" in given:
        given["protective"] = {**dict.fromkeys(PROTECTIVE, 0.2), **given["protective"]}
    return Thresholds(**given)
