"""Words that never leave, and words that are near them and may (R1, R2, R3, R8)."""

from __future__ import annotations

import pytest

from bot.domain.tone import first_fault


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("seu CALOTEIRO", "R1"),
        ("isso é irresponsável", "R1"),
        ("Iremos acionar a justiça", "R3"),
        ("você vai ser processado", "R3"),
        ("seu nome vai sujar", "R3"),
        ("último aviso", "R2"),
        ("só até hoje", "R2"),
        ("pague, senão você perde", "R2"),
        ("nome limpo em 1 hora", "R2"),
        ("digite sua senha", "R8"),
        ("envie o número do cartão", "R8"),
        ("mande uma selfie", "R8"),
    ],
)
def test_what_exposes_threatens_or_hurries_is_found_with_its_rule(text: str, rule: str) -> None:
    fault = first_fault(text)
    assert fault is not None
    assert fault.rule == rule
    assert fault.words.lower() in text.lower()


@pytest.mark.parametrize(
    "text",
    [
        "Por aqui nunca pedimos senha, número de cartão nem selfie.",
        "Esse é um direito seu, e eu respeito.",
        "Não tenho registro de negativação.",
        "A proposta vale até 23/11 às 18:00.",
        "Sinto muito que esteja difícil.",
        "",
    ],
)
def test_what_is_kind_and_true_may_be_said(text: str) -> None:
    assert first_fault(text) is None
