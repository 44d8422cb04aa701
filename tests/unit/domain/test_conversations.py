"""What messages may call a person, and how a document is shown (R48)."""

from __future__ import annotations

from bot.domain.conversations import Asked, Question
from tests.builders import a_conversation, a_debtor


def test_a_person_is_called_by_the_first_name() -> None:
    assert a_debtor(name="MARIA DA SILVA").first_name == "Maria"


def test_a_company_keeps_its_whole_name() -> None:
    assert a_debtor(document="11222333000181", name="Padaria do Zé Ltda").first_name == "Padaria do Zé Ltda"


def test_documents_are_masked() -> None:
    assert a_debtor().masked_document == "***.982.247-**"
    assert a_debtor(document="11222333000181").masked_document == "**.222.333/****-**"


def test_nothing_is_asked_at_first() -> None:
    assert a_conversation().asked == Asked(Question.NOTHING)
    assert not Question.NOTHING
