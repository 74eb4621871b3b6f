"""`python -m tests.bench.importing`: 100,000 rows of an old card list, seconds and peak memory.

Each run is the program itself as a process of its own: CSV and XLSX on both databases, and the
same list once more, when there is nothing left to do.
"""

import asyncio
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import openpyxl

from tests.databases import Postgres

ROWS = 100_000
TARGET_S = 60.0
HEADINGS = ("Имя", "Телефон", "Дата рождения", "Баланс", "Потрачено")


def rows() -> Iterator[tuple[str, str, str, int, int]]:
    """Phones that are all valid and all different."""
    for n in range(ROWS):
        phone = f"8 (912) {n // 10_000 + 100:03d}-{n // 100 % 100:02d}-{n % 100:02d}"
        born = f"{n % 28 + 1:02d}.{n % 12 + 1:02d}.{1950 + n % 60}"
        yield f"Клиент {n}", phone, born, n % 3_000, n % 200_000


def write_lists(folder: Path) -> None:
    with (folder / "list.csv").open("w", encoding="cp1251", newline="") as file:
        file.write(";".join(HEADINGS) + "\r\n")
        file.writelines(";".join(map(str, row)) + "\r\n" for row in rows())
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.append(HEADINGS)
    for row in rows():
        sheet.append(row)
    book.save(folder / "list.xlsx")


def measure(name: str, url: str, file: Path) -> None:
    """Runs it, and prints what it took; the peak is of the largest child so far.

    Beside the wall's seconds stand the processor's own: those a busy machine does not stretch.
    """
    began, before = time.monotonic(), resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(
        [sys.executable, "-m", "bot", "import", str(file)],
        env={**os.environ, "SVOI_DATABASE_URL": url},
        capture_output=True,
        text=True,
        check=True,
    )
    took = time.monotonic() - began
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu_s = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    peak_mb = after.ru_maxrss / 1024
    verdict = "" if took <= TARGET_S else f"  over {TARGET_S:.0f} s"
    pace = f"{took:7.1f} s{cpu_s:7.1f} s CPU{ROWS / took:7.0f} rows/s"
    print(f"{name:24}{pace}{peak_mb:5.0f} MB{verdict}")
    print("   " + done.stdout.splitlines()[1])


async def main() -> None:
    folder = Path(tempfile.mkdtemp(prefix="svoi-bench-"))
    postgres = Postgres(folder / "pg", is_durable=True)
    try:
        write_lists(folder)
        name = await postgres.create(empty=True)
        sqlite = f"sqlite:///{folder / 'svoi.db'}"
        measure("SQLite, CSV", sqlite, folder / "list.csv")
        measure("SQLite, CSV once more", sqlite, folder / "list.csv")
        measure("PostgreSQL, CSV", postgres.url(name), folder / "list.csv")
        measure("SQLite, XLSX", f"sqlite:///{folder / 'xlsx.db'}", folder / "list.xlsx")
        name = await postgres.create(empty=True)
        measure("PostgreSQL, XLSX", postgres.url(name), folder / "list.xlsx")
    finally:
        postgres.stop()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    asyncio.run(main())
