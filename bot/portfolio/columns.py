"""Which cell of a row is which field: headers in English or Portuguese, any case, accents and order."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from bot.usecases.import_portfolio import Problem, UnreadableFile

# Every column's names. The first is ours, the second the Portuguese one; in the order of `PortfolioRow`.
NAMES: dict[str, tuple[str, ...]] = {
    "creditor": ("creditor", "credor"),
    "contract": ("contract", "contrato"),
    "product": ("product", "produto"),
    "description": ("description", "descricao"),
    "name": ("name", "nome"),
    "document": ("document", "cpf_cnpj", "documento", "cpf", "cnpj", "cnpj_cpf"),
    "birth_date": ("birth_date", "nascimento", "data_nascimento", "data_de_nascimento"),
    "phone": ("phone", "telefone", "celular"),
    "email": ("email", "email", "e_mail"),
    "state": ("state", "uf", "estado"),
    "installment": ("installment", "parcela"),
    "amount": ("amount", "valor"),
    "due_on": ("due_on", "vencimento", "data_vencimento", "data_de_vencimento"),
    "paid_on": ("paid_on", "pago_em"),
    "paid_amount": ("paid_amount", "valor_pago"),
    "boleto_line": ("boleto_line", "linha_digitavel"),
    "lifetime_value": ("lifetime_value", "ltv"),
}
REQUIRED = ("creditor", "contract", "name", "document", "installment", "amount", "due_on")
_FIELD_OF = {name: field for field, names in NAMES.items() for name in names}


@dataclass(frozen=True, slots=True)
class Columns:
    """`positions` follows NAMES; -1 where the file has no such column."""

    positions: tuple[int, ...]
    headers: dict[str, str]
    ignored: tuple[str, ...]
    width: int


def folded(text: str) -> str:
    """Lower case, no accents, one underscore for whatever is neither letter nor digit."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return "_".join("".join(c if c.isalnum() else " " for c in plain.lower()).split())


def known_names(header: Sequence[str]) -> int:
    """How many of these headers mean something to us."""
    return sum(folded(name) in _FIELD_OF for name in header)


def columns_of(header: Sequence[str]) -> Columns:
    """Match a file's first row to our fields.

    Raises:
        UnreadableFile: a required column is missing, or a field has two columns.
    """
    positions: dict[str, int] = {}
    ignored: list[str] = []
    for position, name in enumerate(header):
        field = _FIELD_OF.get(folded(name))
        if field is None:
            if name.strip():
                ignored.append(name.strip())
        elif field in positions:
            raise UnreadableFile(
                Problem.REPEATED_COLUMN, column=name.strip(), other=header[positions[field]].strip(), field=field
            )
        else:
            positions[field] = position
    missing = [field for field in REQUIRED if field not in positions]
    if missing:
        raise UnreadableFile(Problem.MISSING_COLUMNS, columns=[f"{field}/{NAMES[field][1]}" for field in missing])
    return Columns(
        positions=tuple(positions.get(field, -1) for field in NAMES),
        headers={field: header[position].strip() for field, position in positions.items()},
        ignored=tuple(ignored),
        width=len(header),
    )
