"""Somebody writes from a phone that is in no portfolio: the document, then a code to the phone on file (R10)."""

from __future__ import annotations

import re
from collections.abc import Callable

from tests.e2e.people import OnWhatsApp, Person
from tests.e2e.running import RunningProduct


async def asks_for_a_code(stranger: OnWhatsApp, document: str) -> str:
    await stranger.says("oi")
    return await stranger.says(f"meu cpf é {document}")


async def test_the_code_sent_to_the_phone_on_file_opens_the_case(
    product: RunningProduct, a_person: Callable[..., Person], a_stranger: OnWhatsApp
) -> None:
    maria = a_person()
    answer = await asks_for_a_code(a_stranger, maria.document)
    assert "código" in answer
    sms = product.twilio.texts_to(maria.phone)
    assert len(sms) == 1
    code = re.search(r"\d{6}", sms[0])
    assert code is not None
    wrong = f"{(int(code.group()) + 1) % 1_000_000:06d}"
    assert "Total hoje" not in await a_stranger.says(wrong)
    assert "Total hoje" in await a_stranger.says(code.group())
    shown = product.conversation(a_stranger.person.phone)
    assert shown["identified_by"] == "document+code"


async def test_an_unknown_document_gets_the_same_answer_and_no_code(
    product: RunningProduct, a_person: Callable[..., Person], a_stranger: OnWhatsApp
) -> None:
    known = await asks_for_a_code(OnWhatsApp(product, Person(8_001)), a_person().document)
    unknown = await asks_for_a_code(a_stranger, Person(8_002).document)
    assert known.split("\n\n")[-1] == unknown.split("\n\n")[-1]
    assert product.twilio.texts_to(Person(8_002).phone) == []


async def test_at_most_three_codes_a_document_a_day(product: RunningProduct, a_person: Callable[..., Person]) -> None:
    maria = a_person()
    for number in range(8_010, 8_015):
        await asks_for_a_code(OnWhatsApp(product, Person(number)), maria.document)
    assert len(product.twilio.texts_to(maria.phone)) == 3
