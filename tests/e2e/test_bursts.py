"""People write one thought in several messages: one turn answers them."""

from __future__ import annotations

from collections.abc import Callable

from tests.e2e.people import OnWhatsApp
from tests.e2e.running import RunningProduct
from tests.standins import twilio


async def burst(product: RunningProduct, writer: OnWhatsApp, *texts: str) -> str:
    before, after = len(writer.texts()), await product.newest(writer.person.phone)
    for text in texts:
        await product.twilio.inbound(twilio.text(text, sender=writer.person.phone))
    await product.settled(writer.person.phone, after=after)
    return "\n\n".join(writer.texts()[before:])


async def test_three_messages_in_a_row_get_one_answer(
    product: RunningProduct, on_whatsapp: Callable[..., OnWhatsApp]
) -> None:
    maria = on_whatsapp()
    await burst(product, maria, "oi", "tudo bem?", "queria saber da minha conta")
    shown = product.conversation(maria.person.phone)
    inbound = [m["id"] for m in shown["messages"] if m["direction"] == "in"]
    replies = [m for m in shown["messages"] if m["direction"] == "out"]
    assert len(inbound) == 3
    assert {tuple(m["in_reply_to"]) for m in replies} == {tuple(inbound)}


async def test_a_yes_after_another_message_is_read_on_its_own(
    product: RunningProduct, on_whatsapp: Callable[..., OnWhatsApp]
) -> None:
    """R58: something was said between the terms and the yes, so the terms are shown again."""
    maria = on_whatsapp()
    await maria.identified()
    await maria.says("quero pagar à vista")
    await burst(product, maria, "pera aí, qual é mesmo o juros?", "sim")
    assert product.json("debtor", "show", maria.person.document)["agreements"] == []


async def test_a_pick_right_after_a_message_is_not_lost(
    product: RunningProduct, on_whatsapp: Callable[..., OnWhatsApp]
) -> None:
    maria = on_whatsapp()
    await maria.identified()
    await burst(product, maria, "deixa eu ver", "1")
    shown = product.conversation(maria.person.phone)
    assert [m["status"] for m in shown["messages"] if m["direction"] == "in"] == ["answered"] * 4
