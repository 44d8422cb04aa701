"""What must hold after every turn, whatever was written. Each check names its rule."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bot.domain.cases import Agreed, Answer, Case, Identified, OfferShown, Turn
from bot.domain.consent import is_unequivocal_yes
from bot.domain.conversations import Debtor
from bot.domain.door import AMOUNT, GIVEAWAYS, Sayable, centavos_of, may_leave
from bot.domain.money import total
from bot.domain.offers import Offer, OfferKind
from bot.domain.standing import blocked_debt
from bot.domain.topics.common import profile
from tests.fuzz.texts import MOST_PIECES, as_message, as_shown, rendered
from tests.fuzz.world import Broken, World

MOST_CHOICES = 3
NAMES_OF_OFFERS = ("utter_terms", "utter_ways", "utter_way_", "utter_counter", "utter_agreed")


@dataclass
class Memory:
    """`terms`: the offer whose full terms were shown in the message before, and still stand."""

    terms: str | None = None


def check(world: World, before: Case, turn: Turn, answer: Answer, memory: Memory) -> None:
    """Raises Broken."""
    faults = [*_texts(world, answer), *_offers(before, world.case(), answer), *_identity(before, turn, answer)]
    faults += [*_agreements(before, turn, answer, memory), *_concessions(before, world.case())]
    if faults:
        raise Broken(faults[0])
    memory.terms = _terms_shown(answer, memory)


def _texts(world: World, answer: Answer) -> Iterator[str]:
    if not answer.says:
        yield "an empty answer"
    identified = world.case().identified
    known = {a for offer in world.offers for a in _amounts(offer)}
    if any(one.choices for one in answer.says[:-1]):
        yield f"choices above the last message: {[one.response for one in answer.says]}"
    for one in answer.says:
        if len(one.choices) > MOST_CHOICES:
            yield f"more than {MOST_CHOICES} choices: {one.response}"
        for text in rendered(one):
            message = as_message(text, one)
            shown = "".join(pieces := as_shown(message))
            if not text.strip() or "{" in text:
                yield f"nothing to read: {one.response}"
            if len(pieces) > MOST_PIECES:
                yield f"too long: {one.response}, {len(shown)}"
            if (refused := may_leave(message, Sayable(identified, frozenset()))) is not None:
                yield f"{refused.rule}: {one.response} says {refused.why}"
            if not identified and GIVEAWAYS.search(shown):
                yield f"R10: {one.response}"
            if one.response.startswith(NAMES_OF_OFFERS):
                for found in AMOUNT.finditer(text):
                    if centavos_of(found) not in known:
                        yield f"R40: {one.response} names {found.group()}, which no offer has"


def _amounts(offer: Offer) -> Iterator[int]:
    yield from (i.amount.centavos for i in offer.installments)
    yield from (abs(item.centavos) for item in offer.sheet.by_kind().values())
    yield from (m.centavos for m in (offer.total, offer.price, offer.discount, offer.financed_cost, offer.balance))


def _offers(before: Case, after: Case, answer: Answer) -> Iterator[str]:
    for effect in answer.effects:
        if isinstance(effect, OfferShown):
            yield from _within_policy(after, effect.offer, before)


def _within_policy(case: Case, offer: Offer, before: Case) -> Iterator[str]:
    """By the numbers of the policy itself, not by the engine."""
    debts = [d for d in case.debts if d.id in offer.debts]
    creditors = {d.creditor for d in debts}
    if len(debts) != len(offer.debts) or len(creditors) != 1:
        yield "an offer on debts of somebody else, or of several creditors"
        return
    policy = case.policies[creditors.pop()]
    hardship = bool(case.memory.get("hardship"))
    was = {d.id: d for d in before.debts} or {d.id: d for d in debts}
    for debt in debts:
        if blocked_debt(was[debt.id], today=case.today, asked_for_terms=hardship) is not None:
            yield f"an offer on a debt that is {was[debt.id].state}"
    kind = profile(case).kind
    balance, conceded = offer.balance.centavos, offer.balance.centavos - offer.price.centavos
    ceiling = policy.discounts.ceiling
    rung = policy.discounts.rungs[kind][-1]
    most = rung + max((s.extra for s in policy.discounts.by_age), default=0)
    most += max((s.extra for s in policy.discounts.by_lifetime_value), default=0)
    if conceded > balance * min(ceiling, most) + 1:
        yield f"R71: {conceded} of {balance} conceded"
    if conceded < 0 or offer.total.centavos > balance + offer.financed_cost.centavos:
        yield "an offer above what is owed"
    if total([i.amount for i in offer.installments]) != offer.total:
        yield "R40: instalments don't add up"
    if total(list(offer.sheet.by_kind().values())) != offer.price or offer.price + offer.financed_cost != offer.total:
        yield "R5: items don't add up"
    least = policy.installments.hardship.min_amount_centavos if hardship else policy.installments.min_amount_centavos
    if offer.kind is OfferKind.PLAN and min(i.amount.centavos for i in offer.installments) < min(
        least, policy.installments.min_amount_centavos
    ):
        yield "an instalment below the policy's least"
    if offer.count > max(policy.installments.max, policy.installments.hardship.max if hardship else 0):
        yield "more instalments than the policy allows"
    if any(i.due_on < case.today for i in offer.installments):
        yield "an instalment due in the past"


def _concessions(before: Case, after: Case) -> Iterator[str]:
    """R71: one step at a time, whatever was written."""
    was, now = (int(str(case.memory.get("rung") or 0)) for case in (before, after))
    if before.conversation.id == after.conversation.id and now > was + 1:
        yield "R71: two steps at once"


def _identity(before: Case, turn: Turn, answer: Answer) -> Iterator[str]:
    """R10: only what they supplied themselves."""
    for effect in answer.effects:
        if isinstance(effect, Identified):
            person = next((p for p in before.candidates if p.id == effect.debtor_id), None)
            if person is None or not _supplied(person, turn):
                yield "R10: confirmed without a proof"


def _supplied(person: Debtor, turn: Turn) -> bool:
    if person.document in (turn.first("cpf"), turn.first("cnpj")):
        return True
    if person.birth_date is not None and turn.first("birth_date") == person.birth_date.isoformat():
        return True
    return person.document[:3] in turn.text


def _agreements(before: Case, turn: Turn, answer: Answer, memory: Memory) -> Iterator[str]:
    """R58: right after the full terms, by the button below them or by words that leave no doubt."""
    for effect in answer.effects:
        if not isinstance(effect, Agreed):
            continue
        if memory.terms != str(effect.offer.id):
            yield "R58: an agreement whose terms were not shown right before"
        if turn.kind == "audio":
            yield "R58: an agreement by voice"
        if turn.stale or not (turn.button or is_unequivocal_yes(turn.text)):
            yield f"R58: an agreement by {turn.text!r}"
        shown = next((o for o in before.offers if o.id == effect.offer.id), None)
        if shown is None or shown.total != effect.offer.total or before.now >= shown.expires_at:
            yield "R58: not the offer that was shown, or expired"


def _terms_shown(answer: Answer, memory: Memory) -> str | None:
    last = answer.says[-1].response
    if last == "utter_terms_accept" and answer.asked is not None:
        return str(answer.asked.facts["offer"])
    asked_again = len(answer.says) == 1 and last in ("utter_accept_clearly", "utter_accept_in_writing")
    return memory.terms if asked_again else None
