"""Chat shorthand written out."""

from __future__ import annotations

import pytest
from trato_rasa.shorthand import plain, wordless, written_out


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("vc", "você"),
        ("vcs tb ñ sabem pq?", "vocês também não sabem porque?"),
        ("Nãooooo", "não"),
        ("simmmm", "sim"),
        ("tô sem grana hj", "estou sem grana hoje"),
        ("blz vlw flw", "beleza valeu falou"),
        ("obg pfv", "obrigado por favor"),
        ("kd o boleto msm", "cadê o boleto mesmo"),
        ("mt caro", "muito caro"),
        ("num quero", "não quero"),
        ("num boleto só", "em um boleto só"),
        ("KKKKKKKK", "kkk"),
        ("rsrsrsrs", "kkk"),
        ("n", "não"),
        ("opção d", "opção d"),
        ("passo a parcela", "passo a parcela"),
        ("isso", "isso"),
    ],
)
def test_writes_shorthand_out(text: str, written: str) -> None:
    assert written_out(text) == written


def test_takes_accents_off() -> None:
    assert plain("não é à vista, você") == "nao e a vista, voce"


@pytest.mark.parametrize(
    ("text", "result"), [("", True), ("  ", True), ("👍👍", True), ("?!", True), ("oi", False), ("1", False)]
)
def test_knows_when_there_is_nothing_to_read(text: str, result: bool) -> None:
    assert wordless(text) is result
