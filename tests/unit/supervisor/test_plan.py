from __future__ import annotations

from pathlib import Path

import pytest

from bot.settings import Settings
from bot.supervisor.folders import Folders
from bot.supervisor.plan import Site, product_plans, rasa_plan, web_url


@pytest.fixture
def site(tmp_path: Path) -> Site:
    settings = Settings(rasa_port=5105, actions_port=5155, port=8180)
    return Site(tmp_path, settings, Folders(tmp_path / "home"), "postgresql://db/trato", "s" * 32)


def test_rasa_listens_on_loopback_only_and_reports_to_nobody(site: Site) -> None:
    # when
    plan = rasa_plan(site)

    # then
    assert " ".join(plan.command).find("--interface 127.0.0.1 --port 5105") > 0
    assert plan.environment["RASA_TELEMETRY_ENABLED"] == "false"
    assert plan.environment["TRATO_ACTIONS_URL"] == "http://127.0.0.1:5155/webhook"
    assert plan.environment["TRATO_RASA_DATABASE_URL"] == "postgresql://db/trato"


def test_no_secret_of_a_provider_reaches_rasa(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    # given
    monkeypatch.setenv("TRATO_TWILIO__AUTH_TOKEN", "secret-of-twilio")
    monkeypatch.setenv("TRATO_TELEGRAM__TOKEN", "secret-of-telegram")

    # when
    environment = rasa_plan(site).environment

    # then
    assert not [value for value in environment.values() if value.startswith("secret-of-")]


def test_all_processes_of_ours_work_on_the_same_database_and_home(site: Site) -> None:
    # when
    plans = product_plans(site)

    # then
    assert [plan.name for plan in plans] == ["actions", "worker", "web"]
    for plan in plans:
        assert plan.command[-3:] == ("-m", "bot.cli", plan.name)
        assert plan.environment["TRATO_DATABASE_URL"] == "postgresql://db/trato"
        assert plan.environment["TRATO_HOME"] == str(site.folders.home)
        assert plan.environment["TRATO_RASA_SECRET"] == "s" * 32


@pytest.mark.parametrize(("host", "shown"), [("0.0.0.0", "127.0.0.1"), ("192.168.0.7", "192.168.0.7")])
def test_the_link_is_one_that_a_browser_here_can_open(host: str, shown: str) -> None:
    assert web_url(Settings(host=host, port=8080)) == f"http://{shown}:8080/"
