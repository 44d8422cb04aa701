"""All values of one message: the readers in their order, each blind to what another one took."""

from __future__ import annotations

import re
from datetime import date, datetime

from trato_rasa.values.choices import read_options, read_ratings
from trato_rasa.values.dates import read_birth_date, read_dates
from trato_rasa.values.found import Found, masked
from trato_rasa.values.identity import read_identity
from trato_rasa.values.money import MOST_INSTALLMENTS, read_amounts, read_installments
from trato_rasa.values.numbers import in_digits, plain
from trato_rasa.values.wording import usual

CHOICES_ASKED = frozenset({"debt", "way", "options", "option"})
MONEY_ASKED = frozenset({"amount", "income"})
DAY_ASKED = frozenset({"due_date", "promise"})
MONEY_INTENTS = frozenset({"counter_offer"})

# Numbers that count or name other things: hours, percents, ages, addresses, protocols, laws, years.
_NOISE = re.compile(
    r"""
      \b\d{1,2}\s*h(?:s|rs?|oras?)?\s*(?:e\s*)?(?:\d{2}\b)?(?:min)?\b | \b\d{1,2}\s+(?:e\s+meia\s+)?(?:hora|hr)s?\b
    | \b\d{1,2}:\d{2}(?:h|hs)?\b
    | \b(?:as|das|ate\s+as|depois\s+das|apos\s+as|antes\s+das|umas)\s+\d{1,2}(?:\s+e\s+(?:meia|\d{1,2}))?\b(?!\s*(?:x\b|vezes|parcel|prest|opc|reais|conto|/|,\d|\.\d))
    | \b\d{1,2}\s+(?:e\s+meia\s+)?d[ao]\s+(?:manha|tarde|noite|madrugada)\b
    | \b\d{1,3}(?:[.,]\d{1,2})?\s*(?:%|por\s*cento\b)
    | \b\d{5}-\d{3}\b | \bcep\s*:?\s*\d{2}\.?\d{3}-?\d{3}\b
    | \b(?:protocolo|contrato|pedido|processo|matricula|chamado|ticket|codigo|nota\s+fiscal|nf|boleto|agencia|conta|cartao\s+final|final|score|artigo|art\.?|lei|sumula|serasa|br|apolice|registro|oab|rg|crm)
        \s*(?:n[oº°.]*\s*|(?:que\s+)?(?:chegou|veio|recebi)\s+(?:foi\s+|e\s+)?|(?:ta|esta)\s+(?:em\s+)?|numero\s*|:\s*|e\s+|eh\s+|de\s+numero\s*)*[a-z]{0,4}-?\d[\d./-]*\b
    | (?:\b(?:casa|apto?\.?|apartamento|ap|bloco|quadra|qd|lote|lt|sala|loja|km|andar|numero\s+da\s+casa|fundos)|,\s*no\b|\bno\.)\s*\.?\s*:?\s*\d+[a-z]?\b
    | \b(?:rua|r\.|av\.?|avenida|travessa|alameda|estrada|rodovia)\s+(?:(?!dia\b)[a-z0-9.]+\s+){0,6}?[a-z.]+\s*,?\s*(?:n[oº°.]*\s*|numero\s*)?\d+\b
    | \b(?:em|de|desde|ano|ano\s+de|la\s+de|la\s+em|no\s+ano\s+de|para|pra|ate)\s+(?:19[4-9]\d|20[0-4]\d)\b(?!\s*(?:reais|conto|por|,\d|mensa|de\s+entrada))
    | \b(?:tenho|fiz|com|faco|tem|faz|ha|mais\s+de|menos\s+de|uns|quase|por|durante|e|meus|as|os|a)?\s*\d{1,3}\s+(?:anos|filh\w+|crian\w+|netos?|bocas?|irm\w+|pessoas|funcionari\w+|quilos|kg|km|litros|minutos?|min|segundos|aninhos|dependentes|gatos|cachorros|caixas|ligacoes|mensagens|msgs?|chamadas|contas|dividas|cartoes|emprestimos|reclamacoes|atendentes)\b
    | \b(?:ha|faz|fazem|tem|desde|quase|mais\s+de)\s+(?:uns\s+|umas\s+|mais\s+de\s+)?\d{1,3}\s+(?:dia|semana|mes|hora)(?:e?s)?\b(?!\s+atras)
    | \b\d{1,3}\s+(?:dias?|semanas?|mes(?:es)?)\s+(?:de\s+atraso|atrasad\w+|sem|parad\w+|desempregad\w+|internad\w+|em\s+atraso)\b
    | \b(?:meio|meia|metade|um\s+terco|\d/\d)\s+(?:d[oe]\s+)?(?:salario|valor|minimo)\w*\b | \b\d{1,2}\s+salarios?\b
    | \b\d{7,}\b
    """,
    re.VERBOSE,
)
_CODE = re.compile(r"(?<![\d.,/$])\d{4,8}(?![\d/]|[.,]\d)")
_BIRTH_WORDS = re.compile(r"\b(?:nasci(?:da|do|mento)?|data de nasc\w*|aniversario|dn)\b")


def read_values(
    text: str,
    *,
    now: datetime,
    intent: str | None = None,
    asked: str | None = None,
    options: int | None = None,
) -> list[Found]:
    """The values of a message, in its order.

    Args:
        text: as the person wrote it.
        now: the local time of the message; its day is "today".
        intent: what the message was taken for; helps where a number stands alone.
        asked: what the assistant asked last (`identity`, `due_date`, `installments`, …).
        options: how many options were shown.
    """
    today = now.date()
    text = usual(plain(text))
    found = read_identity(text, asked=asked)
    rest = in_digits(masked(text, found).replace("\0", "~"))
    if asked == "code":
        rest = _CODE.sub(lambda match: "~" * len(match.group()), rest)
    if asked == "installments":
        rest = rest.replace("umas ", "uns  ")  # otherwise an hour
    if asked == "identity" or intent == "inform_identity" or _BIRTH_WORDS.search(rest):
        birth = read_birth_date(rest.replace("~", " "), today=today)
        if birth is not None:
            found.append(birth)
            rest = rest[: birth.start] + "\0" * (birth.end - birth.start) + rest[birth.end :]
        if asked == "identity":
            return _ordered(found)
    rest = _NOISE.sub(lambda match: "~" * len(match.group()), rest)

    other = asked in DAY_ASKED | MONEY_ASKED | {"installments"}
    choosing = asked in CHOICES_ASKED or (intent == "choose_option" and not other)
    rating = asked == "rating" or (intent == "give_rating" and not other and asked not in CHOICES_ASKED)
    if rating:
        marks = read_ratings(rest, rating=True, asked=asked == "rating")
        found += marks
        rest = masked(rest, marks)

    installments = read_installments(rest)
    if asked == "installments" and not installments:
        installments = _bare_count(rest)
    found += installments
    rest = masked(rest, installments)

    if (choosing or not rating) and asked not in DAY_ASKED:
        picked = read_options(rest, choosing=choosing, shown=options)
        found += picked
        rest = masked(rest, picked)

    days = read_dates(rest, today=today)
    if asked in DAY_ASKED and not days:
        days = _bare_day(rest, today)
    found += days
    rest = masked(rest, days)

    if not rating:
        marks = read_ratings(rest)
        found += marks
        rest = masked(rest, marks)
    found += read_amounts(rest, bare=asked in MONEY_ASKED or intent in MONEY_INTENTS)
    return _ordered(found)


def _bare_count(text: str) -> list[Found]:
    if match := re.fullmatch(r"\W*(uma?)\W*(?:so)?\W*", text):
        return [Found("installments", 1, match.start(1), match.end(1))]
    numbers = re.finditer(r"(?<![\d.,/$])\b(\d{1,3})\b(?!\s*(?:reais|/|,\d|\.\d))", text)
    return [
        Found("installments", int(match.group(1)), match.start(1), match.end(1))
        for match in numbers
        if 1 <= int(match.group(1)) <= MOST_INSTALLMENTS and not re.search(r"\bdia\s+$", text[: match.start()])
    ]


def _bare_day(text: str, today: date) -> list[Found]:
    if match := re.search(r"\b\d{1,2}\s+(?:dias?|semanas?|mes(?:es)?)\b", text):
        day = read_dates(f"daqui {match.group()}", today=today)
        return [Found("date", one.value, *match.span()) for one in day]
    match = re.search(r"(?<![\d.,/$])\b(\d{1,2})\b(?!\s*(?:reais|conto|x\b|vezes|,\d|\.\d))", text)
    if match is None:
        return []
    day = read_dates(f"dia {match.group(1)}", today=today)
    return [Found("date", one.value, match.start(1), match.end(1)) for one in day]


def _ordered(found: list[Found]) -> list[Found]:
    """In the order of the message. Two equal amounts are two; a day named twice ("sexta, dia 20") is one."""
    unique: list[Found] = []
    for one in sorted(found, key=lambda item: item.start):
        if one.entity == "amount" or not any(one.entity == it.entity and one.value == it.value for it in unique):
            unique.append(one)
    return unique
