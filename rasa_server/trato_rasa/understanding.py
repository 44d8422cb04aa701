"""From a ranking of intents and the values of a message to what was meant, given what the assistant had asked.

Pure but for the classifier that is handed in; used by Rasa's components and by `trato_rasa.parse` alike.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from trato_rasa.priority import COURTESY, INSTEAD, LAST_PROTECTING, PROTECTIVE, rank
from trato_rasa.shorthand import said_by_emoji
from trato_rasa.values.found import Found
from trato_rasa.values.numbers import PET_NAMES, plain
from trato_rasa.values.reader import read_values

Ranking = list[tuple[str, float]]
RANKING_LENGTH = 10
SURE = 0.9
TRUSTED = 0.6  # a classifier that is this sure of a value with small words beside it is not corrected
PLAUSIBLE = 0.03  # a clause's meaning that the whole message has less of than this is at most asked about


@dataclass(frozen=True)
class Thresholds:
    """When to act, when to ask "did you mean …?", when to ask openly. Probabilities are calibrated.

    Args:
        act: at least this sure of the best intent.
        confirm: at least this sure, but less than `act`.
        protective: from which probability on a protective intent is asked about although another one is on top.
        clause: how sure a clause must be to count as a meaning of its own.
    """

    act: float = 0.5
    confirm: float = 0.25
    protective: Mapping[str, float] = field(default_factory=lambda: dict.fromkeys(PROTECTIVE, 0.2))
    clause: float = 0.75


@dataclass(frozen=True)
class Context:
    """What surrounds a message.

    Args:
        now: its local time.
        asked: what the assistant asked last, None where nothing is open.
        options: how many options were shown.
    """

    now: datetime
    asked: str | None = None
    options: int | None = None

    @classmethod
    def of(cls, metadata: Mapping[str, Any] | None, *, now: datetime) -> Context:
        """Read the message's metadata; `now` stands in where they tell no time that can be read."""
        metadata = metadata or {}
        try:
            told = datetime.fromisoformat(str(metadata.get("now")).replace("Z", "+00:00"))
        except ValueError:
            told = now
        options, asked = metadata.get("options"), metadata.get("asked")
        known = isinstance(options, int) and not isinstance(options, bool) and options > 0
        return cls(told, asked if isinstance(asked, str) else None, options if known else None)


@dataclass(frozen=True)
class Meaning:
    """What a message was taken for; `intent` None where there was nothing to read."""

    intent: str | None
    confidence: float
    ranking: Ranking
    found: list[Found]
    decision: str
    doubt: str | None = None
    also: str | None = None


# What a bare value means after a question: the value, and the intent with those that may stay instead.
_EXPECTED: dict[str, tuple[frozenset[str], str, frozenset[str]]] = {
    "identity": (frozenset({"cpf", "cnpj", "birth_date"}), "inform_identity", frozenset()),
    "due_date": (frozenset({"date"}), "promise_to_pay", frozenset({"change_due_date"})),
    "promise": (frozenset({"date"}), "promise_to_pay", frozenset({"change_due_date"})),
    "installments": (frozenset({"installments"}), "ask_installments", frozenset()),
    "rating": (frozenset({"rating"}), "give_rating", frozenset()),
    "debt": (frozenset({"option"}), "choose_option", frozenset()),
    "way": (frozenset({"option"}), "choose_option", frozenset()),
    "options": (frozenset({"option"}), "choose_option", frozenset()),
    "option": (frozenset({"option"}), "choose_option", frozenset()),
    "amount": (frozenset({"amount"}), "counter_offer", frozenset()),
    "income": (frozenset({"amount"}), "counter_offer", frozenset()),
}
# What a value alone means with no question open.
_ALONE: tuple[tuple[str, str], ...] = (
    ("cpf", "inform_identity"),
    ("cnpj", "inform_identity"),
    ("birth_date", "inform_identity"),
    ("email", "update_contact"),
    ("phone", "update_contact"),
    ("rating", "give_rating"),
    ("amount", "counter_offer"),
    ("installments", "ask_installments"),
    ("option", "choose_option"),
    ("date", "promise_to_pay"),
)
_FILLERS = frozenset(
    [
        "a",
        "o",
        "as",
        "os",
        "e",
        "eh",
        "ou",
        "de",
        "do",
        "da",
        "dos",
        "das",
        "em",
        "no",
        "na",
        "nos",
        "nas",
        "pro",
        "pra",
        "para",
        "por",
        "pelo",
        "pela",
        "com",
        "um",
        "uma",
        "uns",
        "umas",
        "ate",
        "so",
        "la",
        "ai",
        "ta",
        "bom",
        "boa",
        "dia",
        "mes",
        "ano",
        "pode",
        "ser",
        "seria",
        "acho",
        "que",
        "eu",
        "meu",
        "minha",
        "vou",
        "ficaria",
        "fica",
        "melhor",
        "prefiro",
        "quero",
        "entao",
        "ok",
        "sim",
        "ta",
        "beleza",
        "por",
        "favor",
        "reais",
        "real",
        "conto",
        "contos",
        "vezes",
        "vez",
        "parcelas",
        "parcela",
        "opcao",
        "numero",
        "nota",
        "cpf",
        "cnpj",
        "nascimento",
        "nasci",
        "data",
        "mais",
        "menos",
        "tipo",
        "r",
        "x",
        "isso",
        "esse",
        "essa",
        "sao",
        "mil",
        "centavos",
        "mensal",
        "mensais",
        "maximo",
        "minimo",
        "cerca",
        "opa",
        "oi",
        "obrigado",
        "obrigada",
        "valeu",
        "todo",
        "cada",
        "dou",
    ]
)
_NAME = re.compile(r"[^\W\d_]{2,}(?:[ '][^\W\d_]{1,}){1,6}")
_CLAUSES = re.compile(
    r"[.;!?\n]+|,|\b(?:mas|porem|só que|so que|e também|e tambem|aliás|alias|e outra coisa|outra coisa)\b", re.I
)
_NEGATED = re.compile(
    r"(?:n[aã]o|ñ|n|nem|num|nunca)\s+(?!conhe|sou|reconhe|devo|me\b|quero mais|aguento|fui|fiz|assin|contrat|mand)",
    re.I,
)
_FEWEST_CLAUSE_WORDS = 2


def understand(
    text: str, *, context: Context, thresholds: Thresholds, rankings: Callable[[list[str]], list[Ranking]]
) -> Meaning:
    """Read one message.

    Args:
        text: as written.
        context: its time and the open question.
        thresholds: see there.
        rankings: the classifier, for several texts at once.
    """
    (whole,) = rankings([text])
    parted = clauses(text) if len(whole) > 1 else []
    parts = list(zip(parted, rankings(parted), strict=True)) if parted else []
    values = {"now": context.now, "asked": context.asked, "options": context.options}
    found = read_values(text, intent=whole[0][0] if whole and whole[0][1] >= thresholds.confirm else None, **values)
    if (emoji := said_by_emoji(text)) is not None:
        whole = [(emoji, SURE), ("chitchat" if emoji != "chitchat" else "thank", 1 - SURE)]
    ranking = _in_context(text, whole, found, context)
    if not ranking:
        return Meaning(None, 0.0, [], found, "ask")
    ranking, also, hidden = _two_meanings(ranking, parts, thresholds)
    intent, confidence = ranking[0]
    if whole and intent != whole[0][0]:
        found = read_values(text, intent=intent, **values)
    decision, doubt = decided(ranking, thresholds)
    if hidden and decision == "act" and intent not in thresholds.protective:
        decision, doubt = "confirm", hidden
    return Meaning(intent, confidence, ranking[:RANKING_LENGTH], found, decision, doubt, also)


def _in_context(text: str, ranking: Ranking, found: list[Found], context: Context) -> Ranking:
    names = {one.entity for one in found}
    bare = _is_bare(text, names)
    entities, intent, instead = _EXPECTED.get(context.asked or "", (frozenset[str](), "", frozenset[str]()))
    if names & entities:
        if ranking and ranking[0][0] in instead:
            return ranking
        if bare or not ranking or (ranking[0][1] < 0.6 and intent in [name for name, _ in ranking[:5]]):
            return _raised(ranking, intent)
    if context.asked == "identity" and _looks_like_a_name(text) and (not ranking or ranking[0][1] < 0.5):
        return _raised(ranking, "inform_identity")
    if bare and not (ranking and ranking[0][1] >= TRUSTED and _is_worded(text)):
        for entity, alone in _ALONE:
            if entity in names:
                if ranking and ranking[0][0] in {alone, "change_due_date"} and ranking[0][1] > 0.5:
                    return ranking
                return _raised(ranking, alone)
    return ranking


def _raised(ranking: Ranking, intent: str) -> Ranking:
    """The ranking with one intent on top, as sure as a plain answer to a question is, the rest scaled down."""
    known = dict(ranking)
    confidence = max(SURE, known.pop(intent, 0.0))
    rest = sum(known.values()) or 1.0
    return [(intent, confidence), *((name, share * (1 - confidence) / rest) for name, share in known.items())]


def _is_bare(text: str, names: set[str]) -> bool:
    """Whether, values and small words aside, the message says nothing."""
    if not names:
        return False
    words = re.findall(r"[^\W\d_]+", plain(text))
    if names & {"email", "cnpj"} and len(words) <= 6:
        return True
    return all(word in _FILLERS or word in _VALUE_WORDS or _NUMBER_WORD.fullmatch(word) for word in words)


def _is_worded(text: str) -> bool:
    """Whether there are small words beside the values, so that the classifier has something to read."""
    words = re.findall(r"[^\W\d_]+", plain(text))
    return any(word not in _VALUE_WORDS and not _NUMBER_WORD.fullmatch(word) for word in words)


_NUMBER_WORD = re.compile(
    r"(?:zero|dois|duas|tres|quatro|cinco|seis|sete|oito|nove|dez|onze|doze|treze|quatorze|catorze|quinze|dezesseis|dezessete|"
    r"dezoito|dezenove|vinte|trinta|quarenta|cinquenta|sessenta|setenta|oitenta|noventa|cem|cento|\w+entos|\w+entas|mil|k|meia|duzia|"
    r"janeiro|fevereiro|marco|abril|maio|junho|julho|agosto|setembro|outubro|novembro|dezembro|"
    r"jan|fev|mar|abr|mai|jun|jul|ago|set|out|nov|" + "|".join(PET_NAMES) + ")"
)
_VALUE_WORDS = frozenset(
    [
        "primeira",
        "primeiro",
        "segunda",
        "segundo",
        "terceira",
        "terceiro",
        "quarta",
        "quinta",
        "sexta",
        "sabado",
        "domingo",
        "feira",
        "amanha",
        "hoje",
        "depois",
        "vem",
        "proxima",
        "proximo",
        "semana",
        "quinto",
        "util",
        "fim",
        "final",
        "inicio",
        "comeco",
        "ultima",
        "ultimo",
        "que",
        "daqui",
        "dias",
        "meses",
    ]
)


def _looks_like_a_name(text: str) -> bool:
    return bool(_NAME.fullmatch(text.strip())) and "?" not in text


def clauses(text: str) -> list[str]:
    """The clauses of a message that has several; none where it has one."""
    clauses = [clause.strip() for clause in _CLAUSES.split(text)]
    clauses = [clause for clause in clauses if len(clause.split()) >= _FEWEST_CLAUSE_WORDS]
    return clauses[:4] if len(clauses) > 1 else []


def _two_meanings(
    ranking: Ranking, parts: list[tuple[str, Ranking]], thresholds: Thresholds
) -> tuple[Ranking, str | None, str | None]:
    """Where two clauses clearly mean different things, the more important one wins.

    Returns:
        The ranking, its top changed where a protective meaning of one clause outranks it; the other meaning; a
        protective meaning that a clause has and the whole hardly: to be asked about.
    """
    known, top = dict(ranking), ranking[0][0]
    meant = {
        part[0][0]: part[0][1]
        for clause, part in parts
        if part and part[0][1] >= thresholds.clause and part[0][0] not in COURTESY and not _NEGATED.match(clause)
    }
    if top in meant or (top not in COURTESY and ranking[0][1] >= thresholds.act):
        meant.setdefault(top, ranking[0][1])
    if len(meant) != 2:
        return ranking, None, None
    first, second = sorted(meant, key=rank)
    if (first, second) in INSTEAD:
        first, second = second, first
    if first == top or rank(first) > LAST_PROTECTING:
        return ranking, second if first == top else first, None
    if known.get(first, 0.0) < PLAUSIBLE:
        return ranking, None, first if meant[first] >= SURE and first in thresholds.protective else None
    confidence = max(known[first], known[top])
    known[top], known[first] = known[first], confidence
    ranking = sorted(known.items(), key=lambda entry: (-entry[1], entry[0] != first))
    return ranking, second, None


def decided(ranking: Ranking, thresholds: Thresholds) -> tuple[str, str | None]:
    """`act`, `confirm` or `ask`, and the protective intent that is in doubt. The ranking has at least one entry."""
    intent, confidence = ranking[0]
    if intent in thresholds.protective and confidence < thresholds.act:
        return ("confirm", intent) if confidence >= thresholds.protective[intent] else ("ask", None)
    for name, share in ranking[1:RANKING_LENGTH]:
        if share >= thresholds.protective.get(name, 2.0):
            return "confirm", name
    if confidence >= thresholds.act:
        return "act", None
    return ("confirm", None) if confidence >= thresholds.confirm else ("ask", None)
