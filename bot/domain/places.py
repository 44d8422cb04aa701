"""Where a person is, as far as it decides on the hour: by the address's state, else by the phone's area code.

Several zones mean doubt: contact is allowed only where the hour is right in all of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from bot.domain.calendars import STATES
from bot.domain.phones import canonical_phone

BRAZIL = "+55"

# The zone in which nearly everybody of the state lives (IANA; Decreto 2.784/1913, Lei 12.876/2013).
ZONES_BY_STATE = {
    "AC": "America/Rio_Branco",
    "AL": "America/Maceio",
    "AM": "America/Manaus",
    "AP": "America/Belem",
    "BA": "America/Bahia",
    "CE": "America/Fortaleza",
    "MA": "America/Fortaleza",
    "MS": "America/Campo_Grande",
    "MT": "America/Cuiaba",
    "PA": "America/Belem",
    "PB": "America/Fortaleza",
    "PE": "America/Recife",
    "PI": "America/Fortaleza",
    "RN": "America/Fortaleza",
    "RO": "America/Porto_Velho",
    "RR": "America/Boa_Vista",
    "SE": "America/Maceio",
    "TO": "America/Araguaina",
} | dict.fromkeys(("DF", "ES", "GO", "MG", "PR", "RJ", "RS", "SC", "SP"), "America/Sao_Paulo")

# Plano Geral de Códigos Nacionais (Anatel, Resolução 263/2001): each area code's state. 61 also serves towns of Goiás.
_STATES_BY_AREA_CODES = {
    "SP": "11 12 13 14 15 16 17 18 19",
    "RJ": "21 22 24",
    "ES": "27 28",
    "MG": "31 32 33 34 35 37 38",
    "PR": "41 42 43 44 45 46",
    "SC": "47 48 49",
    "RS": "51 53 54 55",
    "DF": "61",
    "GO": "62 64",
    "TO": "63",
    "MT": "65 66",
    "MS": "67",
    "AC": "68",
    "RO": "69",
    "BA": "71 73 74 75 77",
    "SE": "79",
    "PE": "81 87",
    "AL": "82",
    "PB": "83",
    "RN": "84",
    "CE": "85 88",
    "PI": "86 89",
    "PA": "91 93 94",
    "AM": "92 97",
    "RR": "95",
    "AP": "96",
    "MA": "98 99",
}
STATE_BY_AREA_CODE = {code: uf for uf, codes in _STATES_BY_AREA_CODES.items() for code in codes.split()}

# Parts of a state on an hour of their own, by the first digits of a phone. Mobiles of Fernando de Noronha look like
# those of Recife: nobody can tell them apart by the number.
_SPECIAL_ZONES = (
    ("AM", "97", ("America/Manaus", "America/Eirunepe")),  # the south-west of Amazonas is on Acre's hour
    ("PE", "813619", ("America/Noronha",)),
)
_ANYWHERE = ("America/Sao_Paulo", "America/Noronha", "America/Manaus", "America/Rio_Branco")


@dataclass(frozen=True, slots=True)
class Place:
    """A state, None where unknown, and the zones that the person may be in, the likeliest first."""

    uf: str | None
    zones: tuple[ZoneInfo, ...]

    @property
    def zone(self) -> ZoneInfo:
        """By which calendar days are counted."""
        return self.zones[0]


def place_of(uf: str | None, phone: str | None) -> Place:
    """By the address's state, else by the phone's area code; a phone also tells parts of a state apart.

    Args:
        uf: two letters; anything else counts as unknown.
        phone: in any usual way of writing; foreign ones tell nothing.
    """
    canonical = canonical_phone(phone) if phone else None
    digits = canonical.removeprefix(BRAZIL) if canonical and canonical.startswith(BRAZIL) else ""
    state = uf if uf in STATES else STATE_BY_AREA_CODE.get(digits[:2])
    if state is None:
        return Place(None, tuple(map(ZoneInfo, _ANYWHERE)))
    for special, prefix, zones in _SPECIAL_ZONES:
        if special == state and digits.startswith(prefix):
            return Place(state, tuple(map(ZoneInfo, zones)))
    return Place(state, (ZoneInfo(ZONES_BY_STATE[state]),))
