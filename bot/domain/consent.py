"""Reading a yes: strictly where it makes an agreement (R58), loosely where it only confirms a promise.

Everything that is not on the lists is no yes: the assistant then asks again, which costs one message; a wrong yes
costs a lawsuit.
"""

from __future__ import annotations

import re
import unicodedata

# Phrases, accents stripped, runs of a letter collapsed, in the debtor's language.
_STRONG = (
    "sim",
    "aceito",
    "confirmo",
    "confirmado",
    "fechado",
    "concordo",
    "estou de acordo",
    "to de acordo",
)
_ALONGSIDE = (
    *("eu", "claro que", "claro", "com certeza", "quero", "pode fechar", "pode confirmar", "fechar", "negocio"),
    *("o acordo", "a proposta", "a oferta", "os termos", "todos os termos", "as condicoes", "tudo", "com tudo"),
    *("esse acordo", "este acordo", "essa proposta", "esta proposta", "essa oferta", "esta oferta", "acordo"),
    *("com o acordo", "com a proposta", "com os termos", "com as condicoes", "com a oferta"),
    *("senhor", "senhora", "por favor", "muito obrigado", "muito obrigada", "obrigado", "obrigada"),
    *("ok", "certo", "beleza", "blz", "combinado", "ta bom", "ta", "bom dia", "boa tarde", "boa noite", "oi", "ola"),
)
_LOOSE = (
    *("ok", "okay", "blz", "beleza", "combinado", "pode ser", "ta bom", "ta certo", "ta", "certo", "isso mesmo"),
    *("isso", "uhum", "aham", "s", "ss", "fechou", "show", "perfeito", "joia", "pode", "claro", "com certeza"),
    *("positivo", "exato", "correto", "confirmado", "vou pagar", "pago sim", "pode deixar", "valeu"),
)
_KIND_EMOJI = frozenset("👍✅🙏🤝😊🙂👌💪🙌😀😃😄❤✔☑")
_THUMBS = frozenset("👍✅🤝👌✔☑")
_INVISIBLE = re.compile("[\u200d\ufe0e\ufe0f\U0001f3fb-\U0001f3ff]")  # joiners, variation selectors, skin tones
_PUNCTUATION = re.compile(r"[.,;:!…\-–—\"'“”‘’()*_~]+")
_REPEATED = re.compile(r"([a-z])\1+")


def is_unequivocal_yes(text: str) -> bool:
    """Whether this text alone accepts full terms that were just shown (R58).

    Any case, accents, punctuation and friendly emoji; nothing with a condition, a question, a number or another wish.
    """
    return _consists_of(_words(text), (*_STRONG, *_ALONGSIDE), needs=_STRONG)


def is_loose_yes(text: str) -> bool:
    """Whether it confirms a mere promise to pay, which binds nobody: "ok" and a thumb up count too."""
    if is_unequivocal_yes(text):
        return True
    bare = _INVISIBLE.sub("", text).strip()
    if bare and all(sign in _THUMBS for sign in bare):
        return True
    return _consists_of(_words(text), (*_LOOSE, *_ALONGSIDE, *_STRONG), needs=(*_LOOSE, *_STRONG))


def _words(text: str) -> str | None:
    """The text as plain words, or None where a sign in it leaves room for doubt."""
    text = _INVISIBLE.sub("", text)
    text = "".join(" " if sign in _KIND_EMOJI else sign for sign in text)
    plain = "".join(c for c in unicodedata.normalize("NFKD", text).casefold() if not unicodedata.combining(c))
    plain = _REPEATED.sub(r"\1", " ".join(_PUNCTUATION.sub(" ", plain).split()))
    return plain if re.fullmatch(r"[a-z ]+", plain) else None


def _consists_of(words: str | None, phrases: tuple[str, ...], *, needs: tuple[str, ...]) -> bool:
    if words is None:
        return False
    collapsed = [_REPEATED.sub(r"\1", phrase) for phrase in phrases]
    one = "|".join(sorted(map(re.escape, collapsed), key=len, reverse=True))
    required = "|".join(_REPEATED.sub(r"\1", phrase) for phrase in needs)
    whole = rf"(?:(?>(?:{one})(?: |$)))+"  # atomic: a long text costs no more than a look at each word
    return re.fullmatch(whole, words) is not None and re.search(rf"\b(?:{required})\b", words) is not None
