from __future__ import annotations

from pathlib import Path

import pytest

from bot.supervisor.training import any_model, current_model


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for name in ("config.yml", "domain.yml", "data/nlu/debt.yml", "rasa_server/trato_rasa/wire.py", "models/.gitkeep"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(name)
    return tmp_path


@pytest.mark.parametrize("changed", ["config.yml", "domain.yml", "data/nlu/debt.yml", "rasa_server/trato_rasa/wire.py"])
def test_a_change_of_what_a_model_is_trained_from_asks_for_another_model(project: Path, changed: str) -> None:
    # given
    before = current_model(project)

    # when
    (project / changed).write_text("changed")

    # then
    assert current_model(project) != before


def test_a_renamed_or_a_new_file_asks_for_another_model(project: Path) -> None:
    # given
    names = {current_model(project)}

    # when
    (project / "data/nlu/debt.yml").rename(project / "data/nlu/debts.yml")
    names.add(current_model(project))
    (project / "data/rules").mkdir()
    (project / "data/rules/new.yml").write_text("new")
    names.add(current_model(project))

    # then
    assert len(names) == 3


def test_compiled_files_and_other_folders_change_nothing(project: Path) -> None:
    # given
    before = current_model(project)

    # when
    (project / "rasa_server/trato_rasa/__pycache__").mkdir()
    (project / "rasa_server/trato_rasa/__pycache__/wire.cpython-310.pyc").write_bytes(b"x")
    (project / "README.md").write_text("hello")

    # then
    assert current_model(project) == before


def test_an_older_model_is_found_where_the_current_one_is_missing(project: Path) -> None:
    # given
    assert any_model(project) is None
    (project / "models/trato-0000000000000000.tar.gz").write_bytes(b"x")

    # then
    found = any_model(project)
    assert found is not None
    assert not current_model(project).exists()
