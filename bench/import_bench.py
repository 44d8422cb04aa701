"""How fast, and in how much memory, a portfolio comes in: `python bench/import_bench.py [--rows 1000000] [--again]`.

Writes a CSV of four instalments a debtor, starts an embedded PostgreSQL in a temporary folder, imports, and prints
rows, seconds and the peak of memory: ours as the kernel counts it, PostgreSQL's as the sum over its processes, sampled,
where memory that they share is counted once (PSS).
"""

from __future__ import annotations

import argparse
import multiprocessing
import resource
import shutil
import sys
import tempfile
import threading
import time
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import psutil
import typer
from stdnum.br import cnpj

from bot.cli_portfolio import run_import
from bot.storage.database import migrate
from bot.storage.embedded import start_embedded
from bot.usecases.import_portfolio import ImportSummary, KnownCreditor

TODAY = date(2026, 11, 22)
CREDITORS = [KnownCreditor("exemplo", "Lojas Exemplo")]
ROWS_PER_DEBTOR = 4
FIRST = ("Ana", "João", "Maria", "Antônio", "Conceição", "Luís", "Patrícia", "Sebastião", "Tânia", "Vítor")
LAST = ("da Silva", "dos Santos", "Araújo", "Gonçalves", "Magalhães", "Conceição", "de Oliveira", "Simões")


def cpf_of(number: int) -> str:
    """A CPF with valid check digits."""
    digits = [int(c) for c in f"{number:09d}"]
    for _ in range(2):
        digits.append(sum(w * d for w, d in zip(range(len(digits) + 1, 1, -1), digits, strict=True)) * 10 % 11 % 10)
    return "".join(map(str, digits))


def write_portfolio(path: Path, rows: int) -> None:
    """A made-up file of that many rows."""
    with path.open("w", encoding="utf-8") as file:
        file.write(
            "credor;contrato;produto;descrição;nome;cpf_cnpj;nascimento;telefone;email;uf;parcela;valor;vencimento;"
            "pago_em;valor_pago;linha_digitavel;ltv\n"
        )
        for debtor in range(rows // ROWS_PER_DEBTOR):
            name = f"{FIRST[debtor % 10]} {LAST[debtor // 10 % 8]} {LAST[debtor // 80 % 8]}"
            document = cpf_of(100_000_000 + debtor * 7)
            if debtor % 20 == 0:
                base = f"{10_000_000 + debtor:08d}0001"
                document = base + cnpj.calc_check_digits(base)
            born = "" if debtor % 20 == 0 else (date(1950, 1, 1) + timedelta(days=debtor * 13 % 20_000)).isoformat()
            phone = f"(11) 9{debtor % 10_000_000:08d}"
            for number in range(1, ROWS_PER_DEBTOR + 1):
                due = TODAY - timedelta(days=30 * (ROWS_PER_DEBTOR - number) + debtor % 200)
                amount = f"{100 + debtor % 900},{debtor % 100:02d}"
                paid = (due.isoformat(), amount) if number == 1 else ("", "")
                boleto = f"{debtor * 10 + number:047d}"
                file.write(
                    f"exemplo;CT-{debtor:07d};Crediário;Compra parcelada na loja;{name};{document};{born};{phone};"
                    f"cliente{debtor}@example.com;SP;{number};{amount};{due:%d/%m/%Y};{paid[0]};{paid[1]};{boleto};"
                    f"{debtor % 9000},00\n"
                )


class PostgresMemory(threading.Thread):
    """Samples the memory of the server and all its children."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self._server = psutil.Process(pid)
        self._over = threading.Event()
        self.peak_bytes = 0

    def run(self) -> None:
        while not self._over.wait(0.5):
            used = 0
            for process in [self._server, *self._server.children()]:
                try:
                    used += process.memory_full_info().pss
                except psutil.Error:
                    continue
            self.peak_bytes = max(self.peak_bytes, used)

    def stop(self) -> None:
        self._over.set()
        self.join()


def measured_import(url: str, file: Path, results: Any) -> None:
    """In a process of its own, so that the peak is the import's."""
    began = time.perf_counter()
    summary = run_import(url, file, creditors=CREDITORS, today=TODAY)
    seconds = time.perf_counter() - began
    results.put((summary, seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024))


def run_once(url: str, pid: int, file: Path) -> None:
    context = multiprocessing.get_context("spawn")
    results = context.Queue()
    memory = PostgresMemory(pid)
    memory.start()
    worker = context.Process(target=measured_import, args=(url, file, results))
    worker.start()
    summary: ImportSummary
    summary, seconds, ours = results.get()
    worker.join()
    memory.stop()
    mib = 1 << 20
    typer.echo(summary)
    typer.echo(
        f"{summary.rows:,} rows in {seconds:.1f} s ({summary.rows / seconds:,.0f} rows/s); peak memory: "
        f"import {ours / mib:.0f} MiB, PostgreSQL {memory.peak_bytes / mib:.0f} MiB, "
        f"together {(ours + memory.peak_bytes) / mib:.0f} MiB"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--again", action="store_true", help="import the same file a second time")
    arguments = parser.parse_args()
    home = Path(tempfile.mkdtemp(prefix="trato-bench-"))
    try:
        file = home / "portfolio.csv"
        write_portfolio(file, arguments.rows)
        typer.echo(f"{file.stat().st_size / (1 << 20):.0f} MiB of CSV")
        server = start_embedded(home)
        migrate(server.url)
        pid = server.pid
        if pid is None:
            sys.exit("PostgreSQL did not start")
        for _ in range(2 if arguments.again else 1):
            run_once(server.url, pid, file)
        server.stop()
    finally:
        shutil.rmtree(home, ignore_errors=True)


if __name__ == "__main__":
    main()
