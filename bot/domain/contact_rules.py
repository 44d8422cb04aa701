"""Whether somebody may be written to now, by which rule, and from when on: pure, over facts and an instant.

Each rule tells of one matter (a debt and its creditor's terms) why it stops contact now, and until when. That instant
is exact: nothing before it is allowed. So the first allowed instant is found by going from one to the next.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum

from bot.domain.contact_terms import ContactTerms
from bot.domain.contact_windows import Hours
from bot.domain.debts import Debt, DebtState, StateReason
from bot.domain.legal import CALL_PAUSE_DAYS, CALLS_IN_7_DAYS, FREE_TEXT_HOURS
from bot.domain.places import Place
from bot.domain.standing import blocked_debt
from bot.domain.wishes import Wish

WEEK = timedelta(days=7)
_SEARCH_DAYS = 62  # no hours within two months: there will be none
_HORIZON = timedelta(days=3700)


class Way(StrEnum):
    """The ways to reach somebody; more than the product has channels."""

    WHATSAPP = "whatsapp"
    TELEGRAM = "telegram"
    EMAIL = "email"
    VOICE = "voice"


class ContactState(StrEnum):
    ACTIVE = "active"
    OPTED_OUT = "opted_out"
    WRONG_PERSON = "wrong_person"
    UNREACHABLE = "unreachable"


@dataclass(frozen=True, slots=True)
class Matter:
    """What the contact would be about: one debt, its creditor's terms, and whether an agency writes for it (R60)."""

    debt: Debt
    terms: ContactTerms
    third_party: bool = False


@dataclass(frozen=True, slots=True)
class ContactFacts:
    """One address of one debtor, and everything on which the permission to use it hangs.

    Attributes:
        way: a `Way`; an unknown one is judged by the common rules.
        address: None where there is none yet (Telegram before the person came).
        place: where the person is.
        matters: all debts of the debtor.
        answers: the message answers what the person wrote (R17).
        by_person: an agent writes, not the assistant.
        template: the message is an approved template, or one is at hand (R62).
        consent: the person's own proof of opt-in is on file (R61).
        contacted_at: active contacts on all channels, answered or not.
        called_at, talked_at: calls, and the last one that became a conversation.
        last_in_at, last_in_here_at: the person's last message on any channel, and at this address.
        wishes: all of the person's, wherever they were told (R20).
        erasure_asked: deletion or opposition was asked for and is not settled.
    """

    way: str
    address: str | None
    place: Place
    matters: tuple[Matter, ...]
    state: ContactState = ContactState.ACTIVE
    answers: bool = False
    by_person: bool = False
    template: bool = False
    consent: bool = False
    contacted_at: tuple[datetime, ...] = ()
    called_at: tuple[datetime, ...] = ()
    talked_at: datetime | None = None
    last_in_at: datetime | None = None
    last_in_here_at: datetime | None = None
    wishes: tuple[Wish, ...] = ()
    erasure_asked: bool = False

    def known_at(self, at: datetime) -> ContactFacts:
        """Without what happened later."""
        return replace(
            self,
            contacted_at=tuple(sorted(c for c in self.contacted_at if c <= at)),
            called_at=tuple(sorted(c for c in self.called_at if c <= at)),
            talked_at=_by(self.talked_at, at),
            last_in_at=_by(self.last_in_at, at),
            last_in_here_at=_by(self.last_in_here_at, at),
        )


@dataclass(frozen=True, slots=True)
class Allowed:
    """`rule` allows it; `template_only`: no free text, an approved template must be used (R62)."""

    rule: str
    template_only: bool = False


@dataclass(frozen=True, slots=True)
class Blocked:
    """`rule` forbids it for `reason` (a stable code).

    Attributes:
        allowed_from: the first instant at which it is allowed as things stand, in UTC; None: waiting does not help.
        also: rule and reason of whatever else forbids it at this instant.
    """

    rule: str
    reason: str
    allowed_from: datetime | None
    also: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class _Stop:
    rule: str
    reason: str
    until: datetime | None = None


def may_contact(facts: ContactFacts, *, at: datetime) -> Allowed | Blocked:
    """Whether this address may be written to at this instant (aware); for several debts, whether for any of them."""
    known = facts.known_at(at)
    if facts.answers:
        locked = known.matters and all(_platform(known, matter, at) for matter in known.matters)
        return Blocked("R60", "whatsapp_locked", None) if locked else Allowed("R17")
    if not known.matters:
        return Blocked("R13", "not_a_debtor", None)
    verdicts = [_verdict(known, matter, at) for matter in known.matters]
    allowed = next((v for v in verdicts if isinstance(v, Allowed)), None)
    if allowed is not None:
        return allowed
    blocked = [v for v in verdicts if isinstance(v, Blocked)]
    return min(blocked, key=lambda v: (v.allowed_from is None, v.allowed_from or at))


def _verdict(facts: ContactFacts, matter: Matter, at: datetime) -> Allowed | Blocked:
    stops = _stops(facts, matter, at)
    if not stops:
        return Allowed("R16", template_only=facts.way == Way.WHATSAPP and not _free_text_open(facts, at))
    first = stops[0]
    also = tuple(dict.fromkeys((s.rule, s.reason) for s in stops if (s.rule, s.reason) != (first.rule, first.reason)))
    return Blocked(first.rule, first.reason, _first_allowed(facts, matter, at), also)


def _stops(facts: ContactFacts, matter: Matter, at: datetime) -> list[_Stop]:
    return [stop for rule in _RULES if (stop := rule(facts, matter, at))]


def _first_allowed(facts: ContactFacts, matter: Matter, at: datetime) -> datetime | None:
    moment = at
    while moment - at <= _HORIZON:
        stops = _stops(facts, matter, moment)
        if not stops:
            return moment.astimezone(UTC)
        ends = [stop.until for stop in stops if stop.until is not None]
        if len(ends) < len(stops):
            return None
        moment = max(ends)
    return None


def _address(facts: ContactFacts, _matter: Matter, _at: datetime) -> _Stop | None:
    """R12, R21: what became of this address. It stays so until the person writes again, or a person changes it."""
    match facts.state:
        case ContactState.WRONG_PERSON:
            return _Stop("R12", "wrong_person")
        case ContactState.OPTED_OUT:
            return _Stop("R21", "opted_out")
        case ContactState.UNREACHABLE:
            return _Stop("R21", "unreachable")
        case ContactState.ACTIVE:
            return None


def _person(facts: ContactFacts, _matter: Matter, at: datetime) -> _Stop | None:
    """R15, R14, R45: death, a crisis and hardship are the person's, whichever debt they were told about."""
    suspended = [m.debt for m in facts.matters if m.debt.state is DebtState.SUSPENDED]
    reasons = {debt.state_reason for debt in suspended}
    if StateReason.DEATH in reasons:
        return _Stop("R15", "death")
    if StateReason.CRISIS in reasons:
        return _Stop("R14", "crisis")
    breathing = [d.state_until for d in suspended if d.state_reason is StateReason.HARDSHIP]
    if None in breathing:
        return _Stop("R45", "hardship")
    until = max((day for day in breathing if day is not None), default=None)
    if until is not None and _today(facts, at) <= until:
        return _Stop("R45", "hardship", _midnight(facts, until + timedelta(days=1)))
    return None


def _rights(facts: ContactFacts, _matter: Matter, _at: datetime) -> _Stop | None:
    """R55: deletion or opposition is neither an opt-out of a channel nor a dispute of a debt, and stops all of them."""
    return _Stop("R55", "erasure_asked") if facts.erasure_asked else None


def _platform(facts: ContactFacts, matter: Matter, _at: datetime) -> _Stop | None:
    """R60: an agency has no WhatsApp without the written approval."""
    locked = facts.way == Way.WHATSAPP and matter.third_party and matter.terms.whatsapp_approval is None
    return _Stop("R60", "whatsapp_locked") if locked else None


def _debt(facts: ContactFacts, matter: Matter, at: datetime) -> _Stop | None:
    """R30, R31, R33, R41, R44: what stops the debt itself; one in an agreement may be reminded of."""
    refusal = blocked_debt(matter.debt, today=_today(facts, at))
    if refusal is None or matter.debt.state is DebtState.IN_AGREEMENT or (refusal.rule == "R33" and facts.by_person):
        return None
    if matter.debt.state is not DebtState.SUSPENDED or refusal.detail != "suspended":
        return _Stop(refusal.rule, refusal.detail)
    until = matter.debt.state_until
    lapses = matter.debt.state_reason in (StateReason.HARDSHIP, StateReason.PAYMENT_CLAIMED) and until is not None
    end = _midnight(facts, until + timedelta(days=1)) if lapses and until else None
    return _Stop(refusal.rule, str(matter.debt.state_reason or "suspended"), end)


def _assignment(facts: ContactFacts, matter: Matter, at: datetime) -> _Stop | None:
    """R9: an assigned debt waits for the notice."""
    if not matter.terms.assigned:
        return None
    notice = matter.terms.assignment_notice_on
    if notice is None:
        return _Stop("R9", "no_assignment_notice")
    return _Stop("R9", "no_assignment_notice", _midnight(facts, notice)) if _today(facts, at) < notice else None


def _invitation(facts: ContactFacts, matter: Matter, at: datetime) -> _Stop | None:
    """R66, R61: Telegram waits for the person; WhatsApp needs their consent, or that they have just written."""
    if facts.way == Way.TELEGRAM and (facts.address is None or facts.last_in_here_at is None):
        return _Stop("R66", "telegram_cannot_begin")
    if facts.way != Way.WHATSAPP or facts.consent or _free_text_open(facts, at):
        return None
    opt_in = matter.terms.opt_in
    if opt_in is None:
        return _Stop("R61", "no_consent")
    return _Stop("R61", "no_consent", _midnight(facts, opt_in.on)) if _today(facts, at) < opt_in.on else None


def _free_text(facts: ContactFacts, _matter: Matter, at: datetime) -> _Stop | None:
    """R62: free text only within the 24 hours; our own messages do not reopen them."""
    if facts.way != Way.WHATSAPP or facts.template or _free_text_open(facts, at):
        return None
    return _Stop("R62", "needs_template")


def _wished_way(facts: ContactFacts, _matter: Matter, _at: datetime) -> _Stop | None:
    """R20: a wish on the channel; and one that nobody could read waits for a person."""
    if any(not wish.allows_channel(facts.way) for wish in facts.wishes):
        return _Stop("R20", "channel_unwanted")
    if not facts.by_person and any(wish.unread for wish in facts.wishes):
        return _Stop("R20", "wish_unread")
    return None


def _calls(facts: ContactFacts, _matter: Matter, at: datetime) -> _Stop | None:
    """R18: the outer wall of calls."""
    if facts.way != Way.VOICE:
        return None
    if facts.talked_at is not None and at < (end := facts.talked_at + timedelta(days=CALL_PAUSE_DAYS.count)):
        return _Stop("R18", "talked_lately", end)
    return _too_many(facts.called_at, CALLS_IN_7_DAYS.count, at, "calls_of_the_week")


def _silence(facts: ContactFacts, matter: Matter, at: datetime) -> _Stop | None:
    """R18: after so many contacts without an answer, silence."""
    answered = facts.last_in_at
    unanswered = [c for c in facts.contacted_at if answered is None or c > answered]
    if not unanswered or len(unanswered) < matter.terms.unanswered:
        return None
    end = unanswered[-1] + timedelta(days=matter.terms.silence_days)
    return _Stop("R18", "silence", end) if at < end else None


def _week(facts: ContactFacts, matter: Matter, at: datetime) -> _Stop | None:
    """R18: so many contacts in any 7 days."""
    return _too_many(facts.contacted_at, matter.terms.weekly, at, "contacts_of_the_week")


def _day(facts: ContactFacts, matter: Matter, at: datetime) -> _Stop | None:
    """R18: so many contacts a local day."""
    today = _today(facts, at)
    if sum(_today(facts, c) == today for c in facts.contacted_at) < matter.terms.daily:
        return None
    return _Stop(
        "R18", "contact_of_the_day", _midnight(facts, today + timedelta(days=1)) if matter.terms.daily else None
    )


def _window(facts: ContactFacts, matter: Matter, at: datetime) -> _Stop | None:
    """R16: the hours, days and holidays of the place."""
    end = _opening(facts, at, lambda day: _hours(facts, matter, day))
    if end == at:
        return None
    local = at.astimezone(facts.place.zone)
    return _Stop("R16", "outside_hours" if _hours(facts, matter, local.date()) else "no_contact_day", end)


def _wished_hours(facts: ContactFacts, matter: Matter, at: datetime) -> _Stop | None:
    """R20: a wish on days and hours; what is left of R16's."""
    locals_ = [at.astimezone(zone) for zone in facts.place.zones]
    if all(_welcomes(wish, moment) for wish in facts.wishes for moment in locals_):
        return None

    def wished(day: date) -> Hours | None:
        hours = _hours(facts, matter, day)
        for wish in facts.wishes:
            hours = wish.narrowed(hours, day)
        return hours

    return _Stop("R20", "hour_unwanted", _opening(facts, at, wished))


type _Rule = Callable[[ContactFacts, Matter, datetime], _Stop | None]

# The first that stops is the one that is named: what lasts comes before what passes.
_RULES: tuple[_Rule, ...] = (
    _address,
    _person,
    _rights,
    _platform,
    _debt,
    _assignment,
    _invitation,
    _free_text,
    _wished_way,
    _calls,
    _silence,
    _week,
    _day,
    _window,
    _wished_hours,
)


def _by(moment: datetime | None, at: datetime) -> datetime | None:
    return moment if moment is not None and moment <= at else None


def _today(facts: ContactFacts, at: datetime) -> date:
    return at.astimezone(facts.place.zone).date()


def _midnight(facts: ContactFacts, day: date) -> datetime:
    """When that local day begins."""
    return datetime.combine(day, time(0), tzinfo=facts.place.zone)


def _free_text_open(facts: ContactFacts, at: datetime) -> bool:
    last = facts.last_in_here_at
    return last is not None and at < last + timedelta(hours=FREE_TEXT_HOURS.count)


def _too_many(moments: tuple[datetime, ...], most: int, at: datetime, reason: str) -> _Stop | None:
    recent = [m for m in moments if m > at - WEEK]
    if len(recent) < most:
        return None
    return _Stop("R18", reason, recent[-most] + WEEK if most else None)


def _hours(facts: ContactFacts, matter: Matter, day: date) -> Hours | None:
    return matter.terms.hours.window_in(facts.place.uf).hours_on(day, facts.place.uf)


def _welcomes(wish: Wish, local: datetime) -> bool:
    return local.weekday() in wish.weekdays and wish.hours.start <= local.time() < wish.hours.end


def _opening(facts: ContactFacts, at: datetime, hours_on: Callable[[date], Hours | None]) -> datetime | None:
    """The first instant from `at` on that lies in the hours of every zone; None where there is none in two months."""
    yesterday = at.astimezone(facts.place.zone).date() - timedelta(days=1)
    for n in range(_SEARCH_DAYS):
        day = yesterday + timedelta(days=n)
        if (hours := hours_on(day)) is None:
            continue
        start = max(datetime.combine(day, hours.start, tzinfo=zone).astimezone(UTC) for zone in facts.place.zones)
        end = min(datetime.combine(day, hours.end, tzinfo=zone).astimezone(UTC) for zone in facts.place.zones)
        if start < end and at < end:
            return max(at, start)
    return None
