"""What must hold after everything was killed: each check says what it found wrong, in words."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby, pairwise
from typing import Any

from tests.crash.dialogues import AnyVoice, Step
from tests.e2e.running import RunningProduct

MESSAGES = """
    select c.address, m.id, m.seq, m.direction, m.status, m.key, m.text, m.in_reply_to, m.at, m.attempts, m.provider_id
    from messages m join conversations c on c.id = m.conversation_id
    where c.address = any(%s) order by m.seq
"""
CONVERSATIONS = "select address, state from conversations where address = any(%s)"
AGREEMENTS = """
    select c.address, a.total_centavos, o.total_centavos, a.record->'agreement'->>'total_centavos',
        (select sum(i.amount_centavos) from agreement_installments i where i.agreement_id = a.id),
        (select count(*) from agreement_installments i where i.agreement_id = a.id),
        (select count(*) from agreement_debts d where d.agreement_id = a.id and d.active),
        (select count(*) from messages m where m.conversation_id = c.id and m.direction = 'in'),
        (select count(*) from jsonb_array_elements(a.record->'transcript') t where t->>'direction' = 'in')
    from agreements a join conversations c on c.id = a.conversation_id join offers o on o.id = a.offer_id
    where c.address = any(%s)
"""
SENT = frozenset({"sent", "delivered", "read"})


@dataclass
class Stored:
    """The messages of one address, oldest first, as rows of MESSAGES."""

    inbound: list[Any] = field(default_factory=list)
    outbound: list[Any] = field(default_factory=list)


@dataclass
class Findings:
    """`doubled` counts texts that a provider got twice, each where design.md allows it."""

    violations: list[str] = field(default_factory=list)
    inbound: int = 0
    outbound: int = 0
    agreements: int = 0
    doubled: int = 0
    interrupted: int = 0


def examine(product: RunningProduct, voices: Sequence[AnyVoice], steps: Sequence[Step]) -> Findings:
    """Look at the database and the stand-ins after all is settled."""
    addresses = [voice.address for voice in voices]
    by_address: dict[str, Stored] = defaultdict(Stored)
    for row in product.sql(MESSAGES, addresses):
        stored = by_address[row[0]]
        (stored.inbound if row[3] == "in" else stored.outbound).append(_Row(*row))
    written: dict[str, list[str]] = defaultdict(list)
    for step in steps:
        written[step.address].append(step.key)
    found = Findings()
    for voice in voices:
        stored = by_address[voice.address]
        found.inbound += len(stored.inbound)
        found.outbound += len(stored.outbound)
        found.interrupted += sum(1 for m in stored.outbound if m.attempts > 1)
        for wrong in (*_stored_once(stored, written[voice.address]), *_answered_once(stored), *_sent(stored)):
            found.violations.append(f"{voice.address}: {wrong}")
        _heard(voice, stored, found)
    found.violations += _conversations(product, addresses)
    found.violations += _agreements(product, addresses, found)
    found.violations += _standins(product)
    return found


@dataclass(frozen=True, slots=True)
class _Row:
    address: str
    id: Any
    seq: int
    direction: str
    status: str
    key: str | None
    text: str
    in_reply_to: Sequence[Any]
    at: Any
    attempts: int
    provider_id: str | None


def _stored_once(stored: Stored, written: Sequence[str]) -> Iterator[str]:
    known = Counter(m.key for m in stored.inbound)
    for key in written:
        if known[key] != 1:
            yield f"{key} is stored {known[key]} times"
    if extra := known.keys() - set(written):
        yield f"stored though nobody wrote it: {sorted(map(str, extra))}"


def _answered_once(stored: Stored) -> Iterator[str]:
    """An answer may be several messages; they are stored at one instant, in one transaction."""
    position = {m.id: n for n, m in enumerate(stored.inbound)}
    answers: dict[Any, set[Any]] = defaultdict(set)
    order = []
    for m in stored.outbound:
        if not m.in_reply_to:
            yield f"an answer to nothing: {m.text[:40]!r}"
        for to in m.in_reply_to:
            answers[to].add(m.at)
        if m.in_reply_to:
            order.append(max(position[to] for to in m.in_reply_to))  # several messages may have one answer
    for m in stored.inbound:
        if m.status != "answered" or len(answers[m.id]) != 1:
            yield f"{m.key} is {m.status}, with {len(answers[m.id])} answers"
    if any(a > b for a, b in pairwise(order)):
        yield f"answers out of order: {order}"


def _sent(stored: Stored) -> Iterator[str]:
    for m in stored.outbound:
        if m.status not in SENT or m.provider_id is None:
            yield f"outbound message {m.seq} is {m.status}"


def _heard(voice: AnyVoice, stored: Stored, found: Findings) -> None:
    """What the provider got is what is stored, in its order, but for texts whose sending was interrupted."""
    got = voice.heard()
    texts = [m.text for m in stored.outbound]
    if [text for text, _ in groupby(got)] != [text for text, _ in groupby(texts)]:
        found.violations.append(f"{voice.address}: the provider got {len(got)} texts, in another order or not these")
        return
    excused = Counter(m.text for m in stored.outbound if m.attempts > 1)
    for text, times in (Counter(got) - Counter(texts)).items():
        found.doubled += times
        if times > excused[text]:
            found.violations.append(f"{voice.address}: sent {times + 1} times without a reason: {text[:40]!r}")
    if lost := Counter(texts) - Counter(got):
        found.violations.append(f"{voice.address}: {lost.total()} texts noted as sent that the provider never got")


def _conversations(product: RunningProduct, addresses: list[str]) -> Iterator[str]:
    known = product.sql(CONVERSATIONS, addresses)
    for address, state in known:
        if state != "bot":
            yield f"{address}: the conversation is {state}"
    for address, times in Counter(address for address, _ in known).items():
        if times != 1:
            yield f"{address}: {times} conversations"


def _agreements(product: RunningProduct, addresses: list[str], found: Findings) -> Iterator[str]:
    rows = product.sql(AGREEMENTS, addresses)
    found.agreements = len(rows)
    times = Counter(row[0] for row in rows)
    for address in addresses:
        if times[address] != 1:
            yield f"{address}: {times[address]} agreements"
    for address, total, offered, recorded, scheduled, installments, debts, written, transcribed in rows:
        if not (total == offered == int(recorded) == scheduled and installments == 3 and debts == 1):
            yield f"{address}: {total=} {offered=} {recorded=} {scheduled=} {installments=} {debts=}"
        if written != transcribed:
            yield f"{address}: {written} messages came in, {transcribed} are in the transcript"
    if len({row[1] for row in rows}) > 1:
        yield f"equal debts, different totals: {sorted({row[1] for row in rows})}"


def _standins(product: RunningProduct) -> Iterator[str]:
    """A status callback that met a dead web process is no violation: Twilio doesn't send it again."""
    for wrong in (*product.twilio.violations, *product.telegram.violations):
        if not wrong.startswith("status callback"):
            yield f"a provider's specification: {wrong}"
