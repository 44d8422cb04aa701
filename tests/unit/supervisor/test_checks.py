"""What keeps `trato up` from starting, and what a person is told about it."""

from __future__ import annotations

from pathlib import Path

from pydantic import SecretStr

from bot.settings import Settings, TelegramSettings
from bot.supervisor.checks import channel_faults, policy_faults, port_faults, ports

ROOT = Path(__file__).resolve().parents[3]


def test_one_port_for_two_processes_is_a_fault() -> None:
    # when
    settings = Settings(port=18_231, actions_port=18_231)
    faults = port_faults(ports(settings), patience_seconds=0)

    # then
    assert any("TRATO_ACTIONS_PORT and TRATO_PORT are both 18231" in fault.text for fault in faults)


def test_a_rasa_server_elsewhere_needs_no_port_here() -> None:
    settings = Settings(rasa_url="http://rasa.example:5005")
    assert "TRATO_RASA_PORT" not in [port.setting for port in ports(settings)]


def test_a_half_set_channel_is_told_with_the_names_of_what_is_missing() -> None:
    # given
    settings = Settings(telegram=TelegramSettings(token=SecretStr("1:a"), mode="webhook"), public_url=None)

    # when
    (fault,) = channel_faults(settings)

    # then
    assert "TRATO_TELEGRAM__WEBHOOK_SECRET" in fault.text
    assert "TRATO_PUBLIC_URL" in fault.text
    assert "1:a" not in fault.text


def test_the_policies_that_come_with_the_project_are_no_fault() -> None:
    assert list(policy_faults(ROOT / "policies")) == []


def test_a_policy_that_cannot_be_read_is_told_with_its_line(tmp_path: Path) -> None:
    # given
    (tmp_path / "broken.toml").write_text('[creditor]\nname = "x\n', encoding="utf-8")

    # when
    (fault,) = policy_faults(tmp_path)

    # then
    assert "broken.toml" in fault.text
    assert "line 2" in fault.text


def test_no_policy_at_all_is_a_fault(tmp_path: Path) -> None:
    (fault,) = policy_faults(tmp_path)
    assert "TRATO_POLICIES" in fault.text
