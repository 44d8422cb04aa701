"""A fictitious portfolio to try things with: plausible people, four ways of paying, a few companies and old debts.

The same seed on the same day gives the same portfolio. Names come from faker; phones are of the range +55 11 90…, which
no operator hands out; e-mail addresses are of example.com. Documents have valid check digits.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import NamedTuple

from faker import Faker
from stdnum.br import cnpj

from bot.domain.calendars import STATES
from bot.locale.portfolio import SAMPLE_COMPANY_NAME, SAMPLE_COMPANY_PRODUCTS, SAMPLE_PRODUCTS
from bot.portfolio.columns import NAMES, Columns, columns_of
from bot.portfolio.readers import TableRow

HEADER = tuple(names[1] for names in NAMES.values())
CREDITOR = "exemplo"
KINDS = {"occasional": 40, "negligent": 25, "chronic": 20, "defaulter": 15}  # percent
COMPANIES_PERCENT = 5
OLD_DEBTS_PERCENT = 2  # prescribed, or about to be (R30)
PRESCRIPTION_DAYS = 5 * 365 + 1
# Where a customer lives; the area codes of all phones stay 11, so that they are plainly made up.
STATES_BY_WEIGHT = {"SP": 40, "RJ": 12, "MG": 12, "PR": 7, "RS": 7, "BA": 6, "SC": 5, "PE": 4, "CE": 4, "GO": 3}


class Trial(NamedTuple):
    """Somebody of the sample to chat as. `kind`: single, several (debts) or company; `birth_date` None: a company."""

    kind: str
    name: str
    phone: str
    document: str
    birth_date: date | None


@dataclass(slots=True)
class _Person:
    name: str
    document: str
    birth_date: date | None
    phone: str
    email: str
    state: str
    lifetime_value: int
    kind: str
    old: bool
    rows: list[tuple[str, ...]] = field(default_factory=list)


class Sample:
    """The rows of a sample portfolio; a table like that of a file.

    Args:
        debtors: how many people and companies, at least 1.
        seed: decides everything that is drawn.
        today: the day that the histories lead up to.
    """

    columns: Columns

    def __init__(self, debtors: int, *, seed: int, today: date) -> None:
        self.columns = columns_of(HEADER)
        self.position = 0
        self.size = debtors
        self.trials: list[Trial] = []
        self._today = today
        self._faker = Faker("pt_BR")
        self._faker.seed_instance(seed)
        self._random: Random = self._faker.random
        self._documents: set[str] = set()
        self._firsts = self._random.randrange(10**6)

    def rows(self) -> Iterator[TableRow]:
        """All rows; afterwards `trials` tells whom to try."""
        line = 1
        for number in range(self.size):
            person = self._person(number)
            contracts = self._contracts(person, number)
            self._remember(person, contracts)
            for cells in person.rows:
                line += 1
                yield TableRow(line, cells)
            self.position = number + 1

    def write(self, path: Path) -> int:
        """Write it as a CSV file instead; returns the number of rows."""
        written = 0
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.writer(file, delimiter=";")
            writer.writerow(HEADER)
            for row in self.rows():
                writer.writerow(row.cells)
                written += 1
        return written

    def _person(self, number: int) -> _Person:
        draw = self._random
        company = number % 20 == 2 if self.size >= 20 else number == 2
        first, last = self._faker.first_name(), self._faker.last_name()
        name = (
            SAMPLE_COMPANY_NAME.format(name=last[0].upper() + last[1:])
            if company
            else f"{first} {last} {self._faker.last_name()}"
        )
        birth = None if company else self._today - timedelta(days=draw.randint(19 * 365, 80 * 365))
        kind = draw.choices(list(KINDS), list(KINDS.values()))[0]
        mailbox = "".join(c for c in f"{first}.{last}".lower().replace(" ", "") if c.isascii())
        return _Person(
            name=name,
            document=self._new_document(company=company),
            birth_date=birth,
            phone=f"+55119{(self._firsts + number * 7_919) % 10**7:08d}",
            email=f"{mailbox}{number}@example.com",
            state=draw.choices(list(STATES_BY_WEIGHT), list(STATES_BY_WEIGHT.values()))[0]
            if draw.random() < 0.9
            else draw.choice(sorted(STATES)),
            lifetime_value=draw.randint(2, 250) * 10_000,
            kind=kind,
            old=number > 2 and draw.randrange(100) < OLD_DEBTS_PERCENT,
        )

    def _new_document(self, *, company: bool) -> str:
        while True:
            if company:
                base = f"{self._random.randrange(10**8):08d}0001"
                document = base + cnpj.calc_check_digits(base)
            else:
                base = f"{self._random.randrange(1, 10**9):09d}"
                document = base + _cpf_check_digits(base)
            if document not in self._documents and len(set(document)) > 1:
                self._documents.add(document)
                return document

    def _contracts(self, person: _Person, number: int) -> int:
        """Write the person's contracts; the first three debtors are the ones to try, so theirs are of a known kind."""
        draw = self._random
        if number == 0:
            person.kind, wanted = "occasional", 1
        elif number == 1:
            person.kind, wanted = "negligent", 3
        elif number == 2:
            person.kind, wanted = "chronic", 1
        else:
            wanted = (2 if person.kind == "negligent" else 1) + (draw.random() < 0.2)
        paid_off = person.kind == "occasional" and wanted > 1  # who merely forgets has one thing open at most
        products = SAMPLE_PRODUCTS if person.birth_date else SAMPLE_COMPANY_PRODUCTS
        for index, (product, description, price) in enumerate(draw.sample(products, wanted)):
            contract = f"EX-{number + 1:07d}-{index + 1}"
            reais = Decimal(price) * draw.randint(60, 140) / 100
            self._installments(person, contract, product, description, reais, paid_off=paid_off and index == 1)
        return wanted - paid_off

    def _installments(
        self, person: _Person, contract: str, product: str, description: str, price: Decimal, *, paid_off: bool
    ) -> None:
        draw = self._random
        count = draw.choice((4, 6, 6, 8, 10))
        amount = (price / count).quantize(Decimal("0.01"))
        unpaid, days_late = _delay(person, draw)
        # The oldest open instalment fell due `days_late` ago; those before it were paid, those after it follow monthly.
        unpaid = 0 if paid_off else min(unpaid, count)
        oldest = self._today - timedelta(days=days_late)
        for position in range(count):
            due = _months_after(oldest, position - (count - unpaid))
            paid_on, paid = "", ""
            if position < count - unpaid:
                late = _days_late_when_paid(person.kind, draw)
                day = min(due + timedelta(days=late), self._today)
                charges = amount * (Decimal("0.02") + Decimal(late) / 30 / 100) if late > 0 else Decimal(0)
                paid_on, paid = day.isoformat(), _brazilian(amount + charges)
            person.rows.append(
                (
                    CREDITOR,
                    contract,
                    product,
                    description,
                    person.name,
                    person.document,
                    person.birth_date.isoformat() if person.birth_date else "",
                    person.phone,
                    person.email,
                    person.state,
                    str(position + 1),
                    _brazilian(amount),
                    due.isoformat(),
                    paid_on,
                    paid,
                    "",
                    _brazilian(Decimal(person.lifetime_value) / 100),
                )
            )

    def _remember(self, person: _Person, contracts: int) -> None:
        kind = "company" if person.birth_date is None else "several" if contracts > 1 else "single"
        if not person.old and all(trial.kind != kind for trial in self.trials):
            self.trials.append(Trial(kind, person.name, person.phone, person.document, person.birth_date))


def _delay(person: _Person, draw: Random) -> tuple[int, int]:
    """How many instalments are open, and the days past due of the oldest of them."""
    if person.old:
        return draw.randint(1, 4), PRESCRIPTION_DAYS + draw.randint(-60, 200)
    match person.kind:
        case "occasional":
            return draw.randint(1, 3), draw.randint(5, 45)
        case "negligent":
            return draw.randint(2, 4), draw.randint(62, 150)
        case "chronic":
            return draw.randint(1, 3), draw.randint(15, 80)
        case _:
            return 10, draw.randint(370, 1_300)


def _days_late_when_paid(kind: str, draw: Random) -> int:
    match kind:
        case "occasional":
            return draw.randint(-5, 2)
        case "negligent":
            return 12 if draw.random() < 0.08 else draw.randint(-2, 3)
        case _:
            return draw.randint(8, 55)


def _months_after(day: date, months: int) -> date:
    """The same day of another month; the 29th and later become the 28th."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, 28))


def _cpf_check_digits(base: str) -> str:
    digits = [int(c) for c in base]
    for _ in range(2):
        digits.append(sum(w * d for w, d in zip(range(len(digits) + 1, 1, -1), digits, strict=True)) * 10 % 11 % 10)
    return f"{digits[-2]}{digits[-1]}"


def _brazilian(amount: Decimal) -> str:
    return f"{amount:.2f}".replace(".", ",")
