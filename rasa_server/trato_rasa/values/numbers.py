"""Number words of Brazilian Portuguese turned into digits, so that the other modules read digits only.

text2num does the cardinals; it knows no dozens and no pet names of banknotes, and takes weekdays for ordinals.
"""

from __future__ import annotations

import re
import unicodedata

from text_to_num import alpha2digit

_CARDINALS = (
    "zero|dois|duas|tres|quatro|cinco|seis|sete|oito|nove|dez|onze|doze|treze|quatorze|catorze|quinze|dezesseis|"
    "dezessete|dezoito|dezenove|vinte|trinta|quarenta|cinquenta|sessenta|setenta|oitenta|noventa|cem|cento|"
    "duzentos|duzentas|trezentos|trezentas|quatrocentos|quatrocentas|quinhentos|quinhentas|seiscentos|seiscentas|"
    "setecentos|setecentas|oitocentos|oitocentas|novecentos|novecentas|mil"
)
_RUN = re.compile(rf"\b(?:{_CARDINALS})(?:\s+(?:e\s+)?(?:{_CARDINALS}|um|uma)\b(?!\s+(?:vez|parcela)\b))*\b")
_SPELLING = {
    "cincoenta": "cinquenta",
    "sinquenta": "cinquenta",
    "cinquanta": "cinquenta",
    "seicentos": "seiscentos",
    "duzento": "duzentos",
    "trezento": "trezentos",
    "quatrocento": "quatrocentos",
    "quinhento": "quinhentos",
    "treis": "tres",
    "deis": "dez",
    "dezeseis": "dezesseis",
    "dezesete": "dezessete",
    "dezoitto": "dezoito",
    "quize": "quinze",
}
PET_NAMES = {
    "dezao": 10,
    "vintao": 20,
    "vintinho": 20,
    "trintao": 30,
    "quarentao": 40,
    "cinquentao": 50,
    "cinquentinha": 50,
    "cenzao": 100,
    "cemzao": 100,
    "cenzinho": 100,
    "cemzinho": 100,
    "duzentao": 200,
    "duzentinho": 200,
    "duzentinhos": 200,
    "trezentao": 300,
    "trezentinho": 300,
    "quatrocentao": 400,
    "quinhentao": 500,
    "quinhentinho": 500,
    "quinhentinhos": 500,
    "seiscentao": 600,
    "milao": 1000,
    "milzinho": 1000,
}
_WORDS = re.compile(r"[a-z]+")
_DIGITS_THEN_WORD = re.compile(r"\b(\d{1,3}(?:[.,]\d{1,2})?)\s*(mil|k)\b(?:\s+e\s+(meio|\d{1,3})\b(?![.,/]?\d))?")
_YEAR = re.compile(r"20(?:0[1-9]|[1-4]\d)|19\d\d")
_NOT_COUNTED = re.compile(
    r"\s*(?:$|[.,;!?)~]|(?:por|em|de entrada|agora|hoje|e|ou|no|na|ja|pra|para|dia|a vista|mais|so|eu|mas|amanha|que|ate|ta|da)\b)"
)
_THOUSANDS_AND_WORDS = re.compile(rf"\b(\d{{1,3}})\s*mil\s+e\s+((?:{_CARDINALS})(?:\s+e\s+(?:{_CARDINALS}))*)\b")
_PRICE = re.compile(r"(\d{2,4}) e ([1-9]\d)")
_MIL_HALF = re.compile(r"\b(?:um\s+)?mil\s+e\s+meio\b")


def plain(text: str) -> str:
    """Lower case without accents, compatibility forms (full-width digits) made plain, spaces single."""
    text = unicodedata.normalize("NFKD", text).lower()
    text = "".join(char for char in text if not unicodedata.combining(char))
    return re.sub(r"\s+", " ", text).strip()


def in_digits(text: str) -> str:
    """A `plain` text with its numbers in digits: "mil e duzentos" → "1200", "1,5k" → "1500", "duzentao" → "200 reais".

    "um" and "uma" stay words: mostly they are articles.
    """
    text = _WORDS.sub(lambda match: _SPELLING.get(match.group(), match.group()), text)
    text = _THOUSANDS_AND_WORDS.sub(_thousands_and_words, text)
    text = re.sub(r"\bpor\s*cento\b", "%", text)
    text = re.sub(r"\bmeia\s+duzia\b", "6", text)
    text = re.sub(r"\buma\s+duzia\b", "12", text)
    text = re.sub(r"\b(duas|2)\s+duzias\b", "24", text)
    text = _MIL_HALF.sub("1500", text)
    text = re.sub(r"\bum\s+mil(?=\s|$)", "mil", text)
    text = re.sub(r"\bmeio\s+milhao\b", "500000", text)
    text = _WORDS.sub(
        lambda match: f"{PET_NAMES[match.group()]} reais" if match.group() in PET_NAMES else match.group(), text
    )
    text = _DIGITS_THEN_WORD.sub(_thousands, text)
    text = _RUN.sub(_spelled, text)
    return _DIGITS_THEN_WORD.sub(_thousands, text)


def _spelled(match: re.Match[str]) -> str:
    # text2num leaves "dois" and "duas" alone by its threshold; a threshold of zero would take the articles as well.
    words = re.sub(r"\bduas\b", "dois", match.group())
    words = re.sub(r"entas\b", "entos", words)
    words = alpha2digit(words, "pt", threshold=0)
    words = re.sub(r"\bdois\b", "2", words)
    if price := _PRICE.fullmatch(words):  # "cento e oitenta e nove e noventa"
        return f"{price.group(1)},{price.group(2)} reais"
    thousands = re.search(r"\bmil\b", match.group()) is not None
    return _as_money(words, match) if thousands and not _YEAR.fullmatch(words) else words


def _thousands_and_words(match: re.Match[str]) -> str:
    rest = _RUN.sub(_spelled, match.group(2))
    return _as_money(str(int(match.group(1)) * 1000 + int(rest)), match) if rest.isdigit() else match.group()


def _thousands(match: re.Match[str]) -> str:
    number, rest = match.group(1), match.group(3)
    if re.fullmatch(r"\d{1,3}\.\d{3}", number):
        return match.group()
    whole, _, fraction = number.replace(",", ".").partition(".")
    value = int(whole) * 1000 + (int(fraction.ljust(3, "0")) if fraction else 0)
    if rest == "meio":
        value += 500
    elif rest:
        value += int(rest)
    return _as_money(str(value), match)


def _as_money(number: str, match: re.Match[str]) -> str:
    """Thousands in a chat about debts are money, unless a word follows that they count."""
    rest = match.string[match.end() :]
    return f"{number} reais" if number.isdigit() and _NOT_COUNTED.match(rest) else number
