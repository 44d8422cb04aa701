"""A simulation as a picture (SVG). The only module that knows pygal."""

from __future__ import annotations

from pathlib import Path

import pygal

from bot.domain.money import Money
from bot.domain.profiles import ProfileKind
from bot.locale import say
from bot.usecases.simulate_policy import Outcome, Simulation, Sums


def draw(simulation: Simulation, path: Path) -> None:
    """Bars by profile: what is owed of what is offered, and the price under each policy. Raises OSError."""
    chart = pygal.Bar(
        title=say("simulate_picture_title", version=simulation.tried.version),
        js=(),  # one file, nothing fetched from anywhere
        legend_at_bottom=True,
        legend_at_bottom_columns=2,
        value_formatter=lambda reais: f"R$ {reais:,.0f}".replace(",", "."),
        disable_xml_declaration=False,
    )
    chart.x_labels = [say(f"profile_{kind}") for kind in ProfileKind]
    chart.add(say("simulate_balance"), [_reais(s.balance) for s in _groups(simulation.tried)])
    chart.add(say("simulate_offered"), [_reais(s.offered) for s in _groups(simulation.tried)])
    lowest = [_reais(s.balance - s.last_discount) for s in _groups(simulation.tried)]
    chart.add(say("simulate_last_price"), lowest)
    if simulation.in_force is not None:
        chart.add(say("simulate_in_force"), [_reais(s.offered) for s in _groups(simulation.in_force)])
    path.write_bytes(chart.render())


def _groups(outcome: Outcome) -> list[Sums]:
    return [outcome.by_profile[kind] for kind in ProfileKind]


def _reais(amount: Money) -> int:
    """Whole reais: a picture shows no cents."""
    return amount.centavos // 100
