"""Debtors for dialogues: each with a CPF, a phone and debts of their own, and a voice on WhatsApp."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta

from tests.e2e.running import RunningProduct
from tests.standins import telegram_updates, twilio
from tests.standins.telegram import Shown

TODAY = date(2026, 11, 23)


def a_cpf(nine: int) -> str:
    """A CPF with these first nine digits and the right check digits."""
    digits = [int(d) for d in f"{nine:09d}"]
    for length in (10, 11):
        weighed = sum(d * w for d, w in zip(digits, range(length, 1, -1), strict=True))
        digits.append((weighed * 10 % 11) % 10)
    return "".join(map(str, digits))


@dataclass
class Person:
    """`number` makes everything about them: document, phone, contracts."""

    number: int
    name: str = "Maria da Silva"
    born: date = date(1985, 4, 3)
    debts: int = 1
    installments: int = 2
    amount: str = "250,00"
    days_late: int = 60
    product_name: str = "Cartão da loja"

    @property
    def document(self) -> str:
        return a_cpf(200_000_000 + self.number * 7919)

    @property
    def phone(self) -> str:
        return f"+55119{80_000_000 + self.number:08d}"

    @property
    def chat(self) -> int:
        return 700_000 + self.number

    def rows(self) -> list[str]:
        """As in a creditor's file: each debt with its instalments, a month apart, the first `days_late` ago."""
        return [
            ";".join(
                [
                    "exemplo",
                    f"C{self.number:05d}-{debt}",
                    self.product_name,
                    self.name,
                    self.document,
                    self.born.isoformat(),
                    self.phone,
                    "SP",
                    str(n),
                    self.amount,
                    (TODAY - timedelta(days=self.days_late - 30 * (n - 1))).isoformat(),
                    "",
                    "1000",
                ]
            )
            for debt in range(1, self.debts + 1)
            for n in range(1, self.installments + 1)
        ]


@dataclass
class OnWhatsApp:
    """A person writing on WhatsApp, and what they got back."""

    product: RunningProduct
    person: Person
    heard: list[str] = field(default_factory=list)

    async def says(self, text: str) -> str:
        """Write, and wait for the whole answer: its messages, a blank line between."""
        before = len(self.texts())
        after = await self.product.newest(self.person.phone)
        await self.product.twilio.inbound(twilio.text(text, sender=self.person.phone, name=self.person.name))
        await self.product.settled(self.person.phone, after=after)
        answer = "\n\n".join(self.texts()[before:])
        self.heard.append(answer)
        return answer

    def texts(self) -> list[str]:
        return self.product.twilio.texts_to(self.person.phone)

    async def identified(self) -> str:
        await self.says("oi")
        return await self.says(f"{self.person.born:%d/%m/%Y}")


@dataclass
class OnTelegram:
    """A person writing on Telegram."""

    product: RunningProduct
    person: Person

    async def says(self, text: str) -> str:
        return await self._hears(telegram_updates.text(text, chat_id=self.person.chat))

    async def starts(self, token: str = "") -> str:
        return await self._hears(telegram_updates.start(token, chat_id=self.person.chat))

    async def shares_phone(self) -> str:
        return await self._hears(
            telegram_updates.contact(self.person.phone, user_id=self.person.chat, chat_id=self.person.chat)
        )

    async def presses(self, title: str) -> str:
        sent = next(m for m in reversed(self.messages()) if m.buttons)
        return await self._hears(self.product.telegram.press(sent, title))

    async def _hears(self, update: dict[str, object]) -> str:
        before = len(self.messages())
        after = await self.product.newest(str(self.person.chat))
        await self.product.telegram.deliver(update)
        await self.product.settled(str(self.person.chat), after=after)
        return "\n\n".join(m.text for m in self.messages()[before:])

    def messages(self) -> list[Shown]:
        return [m for m in self.product.telegram.messages if m.chat_id == self.person.chat]
