"""One conversation in memory: what is read and written as `bot/storage` does it, without a database."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from bot.domain.agreements import Agreement, AgreementStatus, agree
from bot.domain.cases import (
    Agreed,
    Answer,
    Cancelled,
    Case,
    Closed,
    Disputed,
    DutyOpened,
    Effect,
    HandedOver,
    Identified,
    IdentityFailed,
    OfferShown,
    Suspended,
    Turn,
)
from bot.domain.conversations import Asked, Conversation, Debtor
from bot.domain.debts import Debt, DebtState
from bot.domain.messages import ChannelKind, ConversationState, Option
from bot.domain.offers import Offer
from bot.domain.places import ZONES_BY_STATE
from bot.domain.topics.common import join
from bot.storage.answers import answer_from, answer_json
from bot.storage.portfolio import OFFER, offer_json
from bot.usecases.answer_turn import decide, go_on
from tests.builders import NOW
from tests.fuzz.portfolio import Start
from tests.fuzz.texts import options_of

WRITES_LIKE_THE_DATABASE = "answers read back from JSON differ from what was said"


class Broken(AssertionError):
    """A promise of the product does not hold."""


@dataclass
class World:
    """Attributes:
    said: the names of the texts of the last answer.
    shown: the options of the newest outbound message, as the person sees them.
    earlier: payloads of options that were shown before.
    """

    start: Start
    now: datetime = NOW
    conversation: Conversation = field(init=False)
    debts: dict[UUID, Debt] = field(init=False)
    owner: dict[UUID, UUID] = field(init=False)
    agreements: list[Agreement] = field(default_factory=list)
    offers: list[Offer] = field(default_factory=list)
    duties: list[DutyOpened] = field(default_factory=list)
    said: tuple[str, ...] = ()
    shown: tuple[Option, ...] = ()
    earlier: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.conversation = self._fresh(1)
        self.debts = {d.id: d for found in self.start.debts.values() for d in found}
        self.owner = {d.id: person for person, found in self.start.debts.items() for d in found}

    def _fresh(self, number: int) -> Conversation:
        telegram = self.start.channel is ChannelKind.TELEGRAM
        return Conversation(
            id=UUID(int=300 + number),
            channel=self.start.channel,
            address="700100" if telegram else "+5511988887777",
            reply_address="x",
            state=ConversationState.BOT,
            created_at=self.now,
            tracker=UUID(int=9_000 + number),
            phone=None if telegram else "+5511988887777",
        )

    def begin_again(self) -> None:
        """They write again after the conversation was closed, or a person handed it back."""
        if self.conversation.state is ConversationState.CLOSED:
            self.conversation = self._fresh(self.conversation.id.int - 299)
            self.offers, self.shown = [], ()
        else:
            self.conversation = replace(self.conversation, state=ConversationState.BOT)

    def case(self) -> Case:
        return self._case(self.conversation)

    def _case(self, conversation: Conversation) -> Case:
        people = self.start.candidates
        debtor = next((p for p in people if p.id == conversation.debtor_id), people[0] if len(people) == 1 else None)
        debts = tuple(d for d in self.debts.values() if debtor and self.owner[d.id] == debtor.id)
        agreed = tuple(a for a in self.agreements if debtor and self.owner[a.debts[0]] == debtor.id)
        local = self.now.astimezone(
            ZoneInfo(ZONES_BY_STATE.get((debtor.uf if debtor else "") or "", "America/Sao_Paulo"))
        )
        return Case(
            conversation=conversation,
            candidates=people,
            debtor=debtor,
            debts=debts,
            lifetime_values=self.start.lifetime_values if debtor else {},
            agreements=agreed,
            offers=tuple(self.offers),
            policies=self.start.policies,
            now=self.now,
            local=local,
            broken_agreements=self._broken(agreed, local),
        )

    def _broken(self, agreed: tuple[Agreement, ...], local: datetime) -> Counter[str]:
        broken: Counter[str] = Counter()
        for agreement in agreed:
            slug = self.debts[agreement.debts[0]].creditor
            grace = timedelta(days=self.start.policies[slug].agreement.grace_days)
            broken[slug] += agreement.status(today=local.date(), grace=grace) is AgreementStatus.BROKEN
        return broken

    def take(self, turn: Turn) -> Answer:
        """As `AnswerTurn` does it."""
        case = self.case()
        answer = decide(case, turn, action="")
        known = next((e.debtor_id for e in answer.effects if isinstance(e, Identified)), None)
        if known is not None:
            case = self._case(replace(case.conversation, debtor_id=known, identified_at=self.now))
            answer = join([answer, go_on(case, turn)])
        self._apply(case, answer)
        again = answer_from(json.loads(json.dumps(answer_json(answer))))
        if again.says != answer.says or again.asked != answer.asked:
            raise Broken(WRITES_LIKE_THE_DATABASE)
        return answer

    def _apply(self, case: Case, answer: Answer) -> None:
        memory = json.loads(json.dumps({**case.memory, **answer.memory}))
        asked = case.asked if answer.asked is None else answer.asked
        asked = Asked(asked.what, json.loads(json.dumps(dict(asked.facts))))
        self.conversation = replace(self.conversation, memory=memory, asked=asked)
        self.said = tuple(one.response for one in answer.says)
        for effect in answer.effects:
            self._change(case, effect)
        self.earlier += [o.payload for o in self.shown]
        self.shown = options_of(answer.says[-1]) if answer.says else ()

    def _change(self, case: Case, effect: Effect) -> None:
        match effect:
            case Identified(debtor_id, by):
                self.conversation = replace(
                    self.conversation, debtor_id=debtor_id, identified_at=self.now, identified_by=by
                )
            case HandedOver():
                if self.conversation.state is not ConversationState.CLOSED:
                    self.conversation = replace(self.conversation, state=ConversationState.WAITING)
            case Closed():
                self.conversation = replace(self.conversation, state=ConversationState.CLOSED)
            case OfferShown(offer):
                if not case.identified:
                    raise Broken("an offer without a confirmed debtor")
                self.offers.append(OFFER.validate_python(json.loads(json.dumps(offer_json(offer)))))
            case Agreed(agreement_id, offer):
                self._agree(case, agreement_id, offer)
            case Suspended(debt_ids, reason, until):
                self._set(debt_ids, DebtState.SUSPENDED, state_reason=reason, state_until=until)
            case Disputed(debt_ids):
                self._set(debt_ids, DebtState.DISPUTED, state_reason=None, state_until=None)
            case DutyOpened():
                self.duties.append(effect)
            case Cancelled(agreement_id, _):
                self._cancel(agreement_id)
            case IdentityFailed():
                pass

    def _agree(self, case: Case, agreement_id: UUID, offer: Offer) -> None:
        made = agree(offer, agreement_id=agreement_id, accepted_at=self.now)
        if not isinstance(made, Agreement) or not case.identified:
            raise Broken("an agreement on an expired offer, or with somebody not confirmed")
        active = {d for a in self.agreements if a.cancelled_at is None for d in a.debts}
        if active & set(made.debts):
            raise Broken("a second agreement on a debt")
        self.agreements.append(made)
        self._set(made.debts, DebtState.IN_AGREEMENT, state_reason=None, state_until=None)

    def _cancel(self, agreement_id: UUID) -> None:
        found = next(a for a in self.agreements if a.id == agreement_id)
        self.agreements[self.agreements.index(found)] = replace(found, cancelled_at=self.now)
        free = tuple(d for d in found.debts if self.debts[d].state is DebtState.IN_AGREEMENT)
        self._set(free, DebtState.OPEN, state_reason=None, state_until=None)

    def _set(self, debt_ids: tuple[UUID, ...], state: DebtState, **values: object) -> None:
        for debt_id in debt_ids:
            if self.debts[debt_id].state is not DebtState.SETTLED:
                self.debts[debt_id] = replace(self.debts[debt_id], state=state, **values)  # type: ignore[arg-type]

    @property
    def sought(self) -> Debtor | None:
        """Whom a person at this phone most likely is."""
        return self.start.candidates[0] if self.start.candidates else None
