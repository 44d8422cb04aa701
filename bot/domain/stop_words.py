"""Words that stop the messages whatever the understanding makes of them (R21)."""

from __future__ import annotations

import re
import unicodedata

STOP_WORDS = frozenset({"sair", "parar", "pare", "stop", "descadastrar", "remover", "cancelar mensagens", "quero sair"})


def is_stop_word(text: str) -> bool:
    """Whether the whole message is one of the stop words, in any case and punctuation."""
    bare = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z ]+", "", bare).strip() in STOP_WORDS
