"""A portfolio into PostgreSQL: COPY into a staging table, then a few statements over the whole set.

All of it is one transaction, the staging tables included. Killed anywhere, it leaves nothing behind; run again, it
does the whole. Imports wait for each other. What did not change is left out before the insert (`on conflict … where`
would lock it all the same), so that a second import stands in nobody's way.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from types import TracebackType
from typing import LiteralString, Self

import psycopg
from psycopg.types.json import Jsonb

from bot.storage.database import plain_url
from bot.usecases.import_portfolio import Counts, Fault, KnownCreditor, PortfolioRow, Reason

IMPORT_LOCK = 7_215_002  # any number of our own, see MIGRATION_LOCK
CURSOR_ROWS = 5_000

# The columns of both are in the order of PortfolioRow and Fault. "C": nobody reads these in order of the alphabet.
_STAGING = """
create temporary table staged (
    line integer not null,
    creditor text collate "C" not null,
    contract text collate "C" not null,
    product text not null,
    description text not null,
    name text not null,
    document text collate "C" not null,
    birth_date date,
    phone text collate "C",
    email text collate "C",
    state text,
    number integer not null,
    amount_centavos bigint not null,
    due_on date not null,
    paid_on date,
    paid_centavos bigint not null,
    boleto_line text,
    lifetime_value_centavos bigint
) on commit drop;
create temporary table faults (
    line integer not null,
    column_name text not null,
    value text not null,
    reason text not null,
    detail text not null
) on commit drop;
create temporary table conflicts (line integer primary key, first_line integer, field text, value text) on commit drop;
"""

# A person has one birth date: it is what identifies them in a chat, so the earlier line stands, the later row is out.
_BIRTH_DATE_CONFLICTS = """
with doubtful as (
    select document from staged group by document having min(birth_date) <> max(birth_date)
), firsts as (
    select distinct on (document) document, line, birth_date
    from staged join doubtful using (document) where birth_date is not null order by document, line
)
insert into conflicts
select staged.line, firsts.line, 'birth_date', staged.birth_date::text
from staged join firsts using (document) where staged.birth_date <> firsts.birth_date
"""

_INSTALLMENT_CONFLICTS = """
with doubtful as (
    select document, creditor, contract, number from staged group by document, creditor, contract, number
    having min(amount_centavos) <> max(amount_centavos) or min(due_on) <> max(due_on)
        or min(coalesce(paid_on, 'infinity')) <> max(coalesce(paid_on, 'infinity'))
        or min(paid_centavos) <> max(paid_centavos)
), firsts as (
    select distinct on (document, creditor, contract, number) *
    from staged join doubtful using (document, creditor, contract, number)
    order by document, creditor, contract, number, line
)
insert into conflicts
select s.line, f.line,
    case when s.amount_centavos <> f.amount_centavos then 'amount' when s.due_on <> f.due_on then 'due_on'
        when s.paid_on is distinct from f.paid_on then 'paid_on' else 'paid_amount' end,
    case when s.amount_centavos <> f.amount_centavos then round(s.amount_centavos / 100.0, 2)::text
        when s.due_on <> f.due_on then s.due_on::text
        when s.paid_on is distinct from f.paid_on then coalesce(s.paid_on::text, '')
        else round(s.paid_centavos / 100.0, 2)::text end
from staged s join firsts f using (document, creditor, contract, number)
where (s.amount_centavos, s.due_on, s.paid_on, s.paid_centavos)
    is distinct from (f.amount_centavos, f.due_on, f.paid_on, f.paid_centavos)
"""

_DEBTORS = """
create temporary table staged_debtors on commit drop as
select document, (array_agg(name order by line desc))[1] as name, max(birth_date) as birth_date,
    (array_agg(state order by line desc) filter (where state is not null))[1] as state
from staged group by document;
analyze staged_debtors;
insert into debtors as known (document, name, birth_date, state)
select s.document, s.name, s.birth_date, s.state from staged_debtors s left join debtors d using (document)
where (d.name, d.birth_date, d.state)
    is distinct from (s.name, coalesce(s.birth_date, d.birth_date), coalesce(s.state, d.state))
order by s.document
on conflict (document) do update set name = excluded.name,
    birth_date = coalesce(excluded.birth_date, known.birth_date), state = coalesce(excluded.state, known.state);
"""

_RELATIONSHIPS = """
insert into relationships as known (debtor_id, creditor, lifetime_value_centavos)
select d.id, r.creditor, r.ltv from (
    select document, creditor,
        (array_agg(lifetime_value_centavos order by line desc)
            filter (where lifetime_value_centavos is not null))[1] as ltv
    from staged group by document, creditor
) r join debtors d using (document)
left join relationships k on (k.debtor_id, k.creditor) = (d.id, r.creditor)
where k.debtor_id is null
    or coalesce(r.ltv, k.lifetime_value_centavos) is distinct from k.lifetime_value_centavos
on conflict (debtor_id, creditor) do update
set lifetime_value_centavos = coalesce(excluded.lifetime_value_centavos, known.lifetime_value_centavos)
"""

# An address that is known keeps its state: an opt-out, a wrong person.
_CONTACTS = """
create temporary table staged_contacts on commit drop as
select document, 'whatsapp' as channel, phone as address from staged where phone is not null
union select document, 'email', email from staged where email is not null;
insert into contacts (debtor_id, channel, address)
select d.id, c.channel, c.address from staged_contacts c join debtors d using (document)
on conflict (debtor_id, channel, address) do nothing;
"""

_DEBTS = """
create temporary table staged_debts on commit drop as
select distinct on (document, creditor, contract) document, creditor, contract, product, description, null::uuid as id
from staged order by document, creditor, contract, product = '', line desc;
analyze staged_debts;
insert into debts as known (debtor_id, creditor, contract, product, description)
select d.id, s.creditor, s.contract, s.product, s.description from staged_debts s join debtors d using (document)
left join debts k on (k.debtor_id, k.creditor, k.contract) = (d.id, s.creditor, s.contract)
where k.id is null or (s.product <> '' and s.product <> k.product)
    or (s.description <> '' and s.description <> k.description)
on conflict (debtor_id, creditor, contract) do update
set product = coalesce(nullif(excluded.product, ''), known.product),
    description = coalesce(nullif(excluded.description, ''), known.description);
create temporary table debt_ids on commit drop as
select s.document, s.creditor, s.contract, b.id, b.state from staged_debts s
join debtors d using (document) join debts b on (b.debtor_id, b.creditor, b.contract) = (d.id, s.creditor, s.contract);
create index on debt_ids (id);
analyze debt_ids;
"""

# A settled debt opens again only for an instalment that we had never heard of, and never once an agreement was made on
# it: there, what the creditor's file still calls open is what the agreement settled.
_REOPENED = """
update debts set state = 'open' where state = 'settled' and id in (
    select i.id from staged s join debt_ids i using (document, creditor, contract)
    where i.state = 'settled' and s.paid_on is null
        and not exists (select from debt_installments o where o.debt_id = i.id and o.number = s.number)
        and not exists (select from agreement_debts a where a.debt_id = i.id)
)
"""

# What we know to be paid stays paid: an older file does not know it yet.
_INSTALLMENTS = """
insert into debt_installments as known (debt_id, number, due_on, amount_centavos, paid_on, paid_centavos, boleto_line)
select distinct on (i.id, s.number)
    i.id, s.number, s.due_on, s.amount_centavos, s.paid_on, s.paid_centavos, s.boleto_line
from staged s join debt_ids i using (document, creditor, contract)
left join debt_installments k on (k.debt_id, k.number) = (i.id, s.number)
where k.debt_id is null or (s.due_on, s.amount_centavos) is distinct from (k.due_on, k.amount_centavos)
    or coalesce(s.boleto_line, k.boleto_line) is distinct from k.boleto_line or s.paid_centavos > k.paid_centavos
    or (s.paid_on is not null and (s.paid_on, s.paid_centavos) is distinct from (k.paid_on, k.paid_centavos))
order by i.id, s.number, s.boleto_line is null, s.line
on conflict (debt_id, number) do update set due_on = excluded.due_on, amount_centavos = excluded.amount_centavos,
    paid_on = coalesce(excluded.paid_on, known.paid_on),
    paid_centavos = case when excluded.paid_on is not null then excluded.paid_centavos
        else greatest(excluded.paid_centavos, known.paid_centavos) end,
    boleto_line = coalesce(excluded.boleto_line, known.boleto_line)
"""

_SETTLED = """
update debts set state = 'settled', state_reason = null, state_until = null
where state in ('open', 'prescribed') and id in (select id from debt_ids)
    and not exists (
        select from debt_installments o
        where o.debt_id = debts.id and o.paid_on is null and o.paid_centavos < o.amount_centavos
    )
"""


class SqlPortfolio:
    """One import. Use it as a context manager; without `commit()` nothing stays.

    Args:
        url: of a migrated PostgreSQL, with a driver's name or without.
        creditors: those that rows may name; the ones that they do name are written with the rows.
        headers: our fields by the names that the file gives them, for the report.
    """

    def __init__(self, url: str, creditors: Iterable[KnownCreditor], headers: dict[str, str] | None = None) -> None:
        self._url = url
        self._creditors = {creditor.slug: creditor for creditor in creditors}
        self._headers = headers or {}

    def __enter__(self) -> Self:
        self._connection = psycopg.connect(plain_url(self._url), connect_timeout=5, application_name="trato import")
        self._connection.execute("select pg_advisory_xact_lock(%s)", (IMPORT_LOCK,))
        self._run("set local work_mem = '24MB'")
        self._run(_STAGING)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._connection.close()

    def stage(self, rows: list[PortfolioRow], faults: list[Fault]) -> None:
        with self._connection.cursor() as cursor:
            if rows:
                with cursor.copy("copy staged from stdin") as copy:
                    for row in rows:
                        copy.write_row(row)
            if faults:
                with cursor.copy("copy faults from stdin") as copy:
                    for fault in faults:
                        copy.write_row(fault)

    def merge(self) -> Counts:
        self._run("analyze staged")
        conflicts = self._refuse(_BIRTH_DATE_CONFLICTS) + self._refuse(_INSTALLMENT_CONFLICTS)
        self._write_creditors()
        self._run(_DEBTORS)
        self._run(_RELATIONSHIPS)
        self._run(_CONTACTS)
        self._run(_DEBTS)
        self._run(_REOPENED)
        self._run(_INSTALLMENTS)
        self._run(_SETTLED)
        return Counts(
            conflicts=conflicts,
            debtors=self._number("select count(*) from staged_debtors"),
            debts=self._number("select count(*) from staged_debts"),
            installments=self._number(
                "select count(*) from (select distinct document, creditor, contract, number from staged)"
            ),
            contacts=self._number("select count(*) from staged_contacts"),
        )

    def faults(self) -> Iterator[Fault]:
        with self._connection.cursor(name="faults") as cursor:
            cursor.itersize = CURSOR_ROWS
            cursor.execute("select line, column_name, value, reason, detail from faults order by line, ctid")
            for line, column, value, reason, detail in cursor:
                yield Fault(line, column, value, Reason(reason), detail)

    def commit(self) -> None:
        self._connection.commit()

    def _refuse(self, find: LiteralString) -> int:
        """Take the rows that contradict an earlier line out of the staging table; returns how many."""
        self._run("truncate conflicts")
        self._run(find)
        self._run("delete from staged using conflicts where staged.line = conflicts.line")
        refused = self._connection.execute(
            """insert into faults
            select line, coalesce(%s::jsonb ->> field, field), value, %s, first_line::text from conflicts""",
            (Jsonb(self._headers), Reason.CONFLICT),
        )
        return refused.rowcount

    def _write_creditors(self) -> None:
        with self._connection.cursor() as cursor:
            cursor.execute("select distinct creditor from staged order by creditor")
            for (slug,) in cursor.fetchall():
                known = self._creditors[slug]
                cursor.execute(
                    """insert into creditors as c (slug, name, document) values (%s, %s, %s)
                    on conflict (slug) do update set name = excluded.name,
                        document = coalesce(excluded.document, c.document)
                    where (c.name, c.document) is distinct from
                        (excluded.name, coalesce(excluded.document, c.document))""",
                    known,
                )

    def _run(self, statements: LiteralString) -> None:
        self._connection.execute(statements)

    def _number(self, query: LiteralString) -> int:
        row = self._connection.execute(query).fetchone()
        return int(row[0]) if row else 0
