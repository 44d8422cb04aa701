"""What the assistant knows when it answers (Case), what was said (Turn), and what it decides (Answer).

Topics (`bot/domain/topics`) are pure functions from a case and a turn to an answer. An answer is a value: what to say,
what is asked next, and effects; the use case stores them in one transaction, keyed by the message.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from bot.domain.agreements import Agreement
from bot.domain.codes import PendingCode
from bot.domain.conversations import Asked, Conversation, Debtor
from bot.domain.debts import Debt, StateReason
from bot.domain.money import Money
from bot.domain.offers import Offer
from bot.domain.policy import Policy

type Fact = str | int | Decimal | Money | date | datetime | Lines | None


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a list within a message: the name of its text in the catalog (`bot/locale`), and its facts."""

    code: str
    facts: Mapping[str, Fact] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Lines:
    """A list within a message, one line each."""

    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """Something to pick: its title in the catalog, with facts, and the payload "/intent{...}" that it stands for."""

    code: str
    payload: str
    facts: Mapping[str, Fact] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Case:
    """A snapshot, read in one transaction.

    Attributes:
        candidates: who may be behind the channel's phone or link; one of them is `debtor` once somebody is meant.
        debtor: the person sought, only after `conversation.identified_at` the person spoken to.
        debts: all debts of the debtor, of all creditors, settled ones too.
        broken_agreements: by creditor.
        codes_are_on: a code can be sent to the phone on file.
        code: the newest one asked for here.
        now: aware UTC.
        local: the same instant where the debtor is.
    """

    conversation: Conversation
    candidates: tuple[Debtor, ...]
    debtor: Debtor | None
    debts: tuple[Debt, ...]
    lifetime_values: Mapping[str, Money]
    agreements: tuple[Agreement, ...]
    offers: tuple[Offer, ...]
    policies: Mapping[str, Policy]
    now: datetime
    local: datetime
    codes_are_on: bool = False
    code: PendingCode | None = None
    broken_agreements: Mapping[str, int] = field(default_factory=dict)

    @property
    def identified(self) -> bool:
        return self.conversation.identified_at is not None and self.debtor is not None

    @property
    def asked(self) -> Asked:
        return self.conversation.asked

    @property
    def memory(self) -> Mapping[str, object]:
        return self.conversation.memory

    @property
    def today(self) -> date:
        return self.local.date()


@dataclass(frozen=True, slots=True)
class Turn:
    """One message as understood. `text` is what the person wrote, `button` whether they pressed instead.

    Entities: name → value, or list of values; see intents.md. `decision` is act, confirm or ask; `doubt` the protective
    intent that may be meant; `also` a second meaning of the same message; `stale` a button of an older message.
    """

    message_id: UUID
    intent: str
    text: str = ""
    button: bool = False
    stale: bool = False
    kind: str = "text"
    confidence: float = 1.0
    decision: str = "act"
    doubt: str | None = None
    also: str | None = None
    ranking: tuple[str, ...] = ()
    entities: Mapping[str, object] = field(default_factory=dict)

    def first(self, name: str) -> object | None:
        """The first value of an entity, None where there is none."""
        value = self.entities.get(name)
        if isinstance(value, list | tuple):
            return value[0] if value else None
        return value


@dataclass(frozen=True, slots=True)
class Say:
    """One message: the name of its text (`data/responses`), the facts that fill it, at most three choices.

    `ask_contact`: offer the button that shares the person's own phone (Telegram).
    """

    response: str
    facts: Mapping[str, Fact] = field(default_factory=dict)
    choices: tuple[Choice, ...] = ()
    ask_contact: bool = False


@dataclass(frozen=True, slots=True)
class Identified:
    debtor_id: UUID
    by: str


@dataclass(frozen=True, slots=True)
class IdentityFailed:
    debtor_id: UUID | None


@dataclass(frozen=True, slots=True)
class CodeAsked:
    """A code is to be sent to the phone on file of whoever has this document, if anybody."""

    code_id: UUID
    document: str


@dataclass(frozen=True, slots=True)
class HandedOver:
    """The conversation waits for a person from now on."""

    reason: str


@dataclass(frozen=True, slots=True)
class Closed:
    """Nothing more is sent here. `contact_state`: what the address became; `all_debts`: for every debt and channel."""

    reason: str
    contact_state: str | None = None


@dataclass(frozen=True, slots=True)
class OfferShown:
    offer: Offer


@dataclass(frozen=True, slots=True)
class Agreed:
    """The yes to a shown offer."""

    agreement_id: UUID
    offer: Offer


@dataclass(frozen=True, slots=True)
class Suspended:
    """Collection of these debts stops; `until` None: until a person decides."""

    debt_ids: tuple[UUID, ...]
    reason: StateReason
    until: date | None


@dataclass(frozen=True, slots=True)
class Disputed:
    debt_ids: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class DutyOpened:
    """Something that a person must do by a day."""

    kind: str
    due_on: date
    detail: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Cancelled:
    agreement_id: UUID
    reason: str


type Effect = (
    Identified
    | IdentityFailed
    | CodeAsked
    | HandedOver
    | Closed
    | OfferShown
    | Agreed
    | Suspended
    | Disputed
    | DutyOpened
    | Cancelled
)


@dataclass(frozen=True, slots=True)
class Answer:
    """What to say, what is open now (None: as before), what is remembered, what changes."""

    says: tuple[Say, ...]
    asked: Asked | None = None
    memory: Mapping[str, object] = field(default_factory=dict)
    effects: tuple[Effect, ...] = ()
