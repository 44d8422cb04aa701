"""Chat shorthand of Brazilian Portuguese written out, so that few examples stand for many spellings.

The text itself is never changed: what is understood is read from a copy.
"""

from __future__ import annotations

import re
import unicodedata

# One written form, in lower case, to what it stands for. Only forms that hardly mean anything else.
WORDS = {
    "vc": "você",
    "vcs": "vocês",
    "voce": "você",
    "voces": "vocês",
    "ce": "você",
    "cê": "você",
    "ceis": "vocês",
    "q": "que",
    "qe": "que",
    "oq": "o que",
    "oque": "o que",
    "doq": "do que",
    "pq": "porque",
    "pqê": "por que",
    "porq": "porque",
    "pke": "porque",
    "tb": "também",
    "tbm": "também",
    "tmb": "também",
    "tbem": "também",
    "blz": "beleza",
    "bele": "beleza",
    "n": "não",
    "ñ": "não",
    "nn": "não",
    "nao": "não",
    "naum": "não",
    "nop": "não",
    "num": "não",
    "s": "sim",
    "ss": "sim",
    "sm": "sim",
    "tô": "estou",
    "to": "estou",
    "tou": "estou",
    "tá": "está",
    "ta": "está",
    "tava": "estava",
    "tavam": "estavam",
    "tao": "estão",
    "tamo": "estamos",
    "tamu": "estamos",
    "pra": "para",
    "pro": "para o",
    "pros": "para os",
    "pras": "para as",
    "prq": "porque",
    "p": "para",
    "pfv": "por favor",
    "pfvr": "por favor",
    "pf": "por favor",
    "plz": "por favor",
    "obg": "obrigado",
    "obgd": "obrigado",
    "obgda": "obrigada",
    "brigado": "obrigado",
    "brigada": "obrigada",
    "vlw": "valeu",
    "vlww": "valeu",
    "flw": "falou",
    "tmj": "estamos juntos",
    "hj": "hoje",
    "hje": "hoje",
    "amh": "amanhã",
    "amanha": "amanhã",
    "ontm": "ontem",
    "msm": "mesmo",
    "mesm": "mesmo",
    "kd": "cadê",
    "cade": "cadê",
    "mt": "muito",
    "mto": "muito",
    "mta": "muita",
    "mts": "muitos",
    "mtos": "muitos",
    "mtas": "muitas",
    "td": "tudo",
    "tds": "todos",
    "tdo": "tudo",
    "cmg": "comigo",
    "ctg": "contigo",
    "qnd": "quando",
    "qdo": "quando",
    "qto": "quanto",
    "qnt": "quanto",
    "qnto": "quanto",
    "qts": "quantos",
    "qtos": "quantos",
    "qtas": "quantas",
    "qq": "qualquer",
    "ql": "qual",
    "qal": "qual",
    "qm": "quem",
    "dps": "depois",
    "dpois": "depois",
    "agr": "agora",
    "agra": "agora",
    "aki": "aqui",
    "aq": "aqui",
    "ai": "aí",
    "so": "só",
    "soh": "só",
    "eh": "é",
    "neh": "né",
    "ne": "né",
    "ja": "já",
    "jah": "já",
    "ate": "até",
    "msg": "mensagem",
    "msgs": "mensagens",
    "mensagi": "mensagem",
    "zap": "whatsapp",
    "wpp": "whatsapp",
    "whats": "whatsapp",
    "watsap": "whatsapp",
    "zapzap": "whatsapp",
    "cel": "celular",
    "tel": "telefone",
    "fone": "telefone",
    "gnt": "gente",
    "vdd": "verdade",
    "vdds": "verdade",
    "tlgd": "entendi",
    "sla": "sei lá",
    "slc": "caramba",
    "pse": "pois é",
    "pdp": "pode deixar",
    "dnd": "de nada",
    "bd": "bom dia",
    "bdia": "bom dia",
    "bt": "boa tarde",
    "bn": "boa noite",
    "abs": "abraços",
    "bjs": "beijos",
    "bj": "beijo",
    "vô": "vou",
    "tnc": "vai tomar no cu",
    "fdp": "filho da puta",
    "vsf": "vai se foder",
    "pqp": "puta que pariu",
    "krl": "caralho",
    "crl": "caralho",
    "fds": "fim de semana",
    "pgto": "pagamento",
    "pgt": "pagamento",
    "pgar": "pagar",
    "pg": "pago",
    "parc": "parcela",
    "parcs": "parcelas",
    "bol": "boleto",
    "vr": "valor",
    "vlr": "valor",
    "vlor": "valor",
    "vcto": "vencimento",
    "venc": "vencimento",
    "dt": "data",
    "juro": "juros",
    "desc": "desconto",
    "neg": "negociar",
    "min": "minuto",
    "hr": "hora",
    "hrs": "horas",
    "nd": "nada",
    "ngm": "ninguém",
    "alg": "alguém",
    "algm": "alguém",
    "picks": "pix",
    "piks": "pix",
    "emprestimo": "empréstimo",
    "divida": "dívida",
    "dividas": "dívidas",
    "debito": "débito",
    "cartao": "cartão",
    "numero": "número",
    "acordu": "acordo",
    "tbn": "também",
    "dexa": "deixa",
    "fassa": "faça",
    "poblema": "problema",
    "ctz": "certeza",
    "cm": "com",
    "c": "com",
    "d": "de",
    "dnv": "de novo",
    "smp": "sempre",
    "nss": "nossa",
    "mn": "mano",
    "mlk": "moleque",
    "amg": "amigo",
    "bo": "vamos",
    "bora": "vamos",
    "vamo": "vamos",
}
# "num" is "em um" before what one can be in; otherwise it is a spoken "não".
IN_A = re.compile(r"\bnum\s+(?=(?:dia|mês|mes|banco|boleto|cartão|cartao|valor|lugar|hospital|parcelamento|acordo)\b)")
# A lone letter is shorthand only among words, not in "letra c", "opção d" or "c)".
LETTERS = frozenset({"c", "d", "s", "n", "q", "p"})
LABELLED = re.compile(r"(?:op[cç][aã]o|letra|item|alternativa)\s+$")

_REPEATED_VOWEL = re.compile(r"([aeiouáàâãéêíóôõúü])\1{2,}")
_REPEATED_CONSONANT = re.compile(r"([^\W\d_aeiouáàâãéêíóôõúü])\1{2,}")
_LAUGHTER = re.compile(r"\b(?:k{3,}|(?:ha){2,}h?|(?:hu[ea]){2,}|(?:rs){2,}r?s?|(?:he){2,}h?)\b")
_WORD = re.compile(r"[^\W_]+")
_SPACES = re.compile(r"\s+")


def written_out(text: str) -> str:
    """The text in lower case with shorthand expanded and drawn-out letters cut back."""
    text = _SPACES.sub(" ", unicodedata.normalize("NFKC", text).lower()).strip()
    text = _LAUGHTER.sub("kkk", text)
    text = _REPEATED_VOWEL.sub(r"\1", text)
    text = _REPEATED_CONSONANT.sub(_shortened, text)
    text = IN_A.sub("em um ", text)
    return _WORD.sub(_expanded, text)


def _shortened(match: re.Match[str]) -> str:
    letter = match.group(1)
    if letter == "k":
        return "kkk"
    return letter * 2 if letter in "rs" and match.end() < len(match.string) else letter


def _expanded(match: re.Match[str]) -> str:
    word = match.group()
    if word in LETTERS:
        before, after = match.string[: match.start()], match.string[match.end() : match.end() + 1]
        if LABELLED.search(before) or after in {")", "'", "$"} or before.endswith(("'", "-", "$")):
            return word
    return WORDS.get(word, word)


def plain(text: str) -> str:
    """The text without accents: what word counts are taken of."""
    return "".join(char for char in unicodedata.normalize("NFD", text) if not unicodedata.combining(char))


def wordless(text: str) -> bool:
    """Whether nothing in the text can be read: blank, emoji or punctuation only."""
    return not any(char.isalnum() for char in text)


# What a message of emoji alone says; the first one that is known counts.
_EMOJI = {
    "affirm": "👍👌✅✔🤝🆗☑",
    "deny": "👎❌🚫✖",
    "thank": "🙏",
    "goodbye": "👋",
    "chitchat": "😂🤣😅😆😄😁😊🙂😉😍🥰😘❤💙😎😢😭🤔😳🙄😴",
    "insult": "🖕🤬",
    "complain": "😡😠😤",
    "give_rating": "⭐🌟👏",
    "opt_out": "🛑",
}


def said_by_emoji(text: str) -> str | None:
    """The intent of a message of emoji alone; None where it has words or says nothing that is known."""
    if not wordless(text):
        return None
    meant = (intent for char in text for intent, known in _EMOJI.items() if char in known)
    return next(meant, None)
