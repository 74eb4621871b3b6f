"""Rule 21 and hostile names: the list of clients is whole, inert, and comes back."""

import asyncio
import csv
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from bot.exporting import ExportFault, export_clients
from bot.importing import Import
from loyalty.programme import Programme, load_programme
from programmes import SERVICE_CENTRE
from storage import clients
from storage.database import Database
from templates.labels import Labels
from templates.rendering import Renderer
from tests.movable_clock import MovableClock
from tests.town import Town

HOSTILE = ("=1+1", "+7", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "<b>Анна</b>", 'Анна "Аня", да')


@pytest.fixture
def programme() -> Programme:
    return load_programme(SERVICE_CENTRE)


@pytest.fixture
def town(database: Database, programme: Programme) -> Town:
    return Town(database, MovableClock(), programme)


def labels_of(town: Town) -> Labels:
    business = town.programme.business
    now = town.clock.now
    return Renderer(business.currency, business.minor_digits, business.timezone, now).labels("ru")


async def exports(town: Town, target: Path) -> list[list[Any]]:
    await export_clients(town.database, town.programme, town.clock, labels_of(town), target)
    return await asyncio.to_thread(_read, target)


def _read(target: Path) -> list[list[Any]]:
    if target.suffix == ".csv":
        with target.open(encoding="utf-8-sig", newline="") as file:
            return [list(row) for row in csv.reader(file)]
    sheet = openpyxl.load_workbook(target).active
    assert sheet is not None
    assert {cell.data_type for row in sheet.iter_rows() for cell in row} <= {"s", "n", "inlineStr"}
    return [list(row) for row in sheet.iter_rows(values_only=True)]


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
async def test_rule_21_every_client_is_in_the_file_and_no_cell_is_executed(
    town: Town, tmp_path: Path, kind: str
) -> None:
    for number, name in enumerate(HOSTILE):
        await town.person(name=name, phone=f"+7912000{number:04d}", advert_consent=number == 0)
    anna = await town.person(name="Анна", birthday_day=5, birthday_month=3, visits=1)
    await town.visit(anna)
    heading, *rows = await exports(town, tmp_path / f"clients.{kind}")
    assert heading[:5] == ["Телефон", "Имя", "День рождения", "Баланс", "Потрачено"]
    assert len(rows) == len(HOSTILE) + 1
    for row in rows:
        for cell in (cell for cell in row[1:] if isinstance(cell, str)):
            assert cell.lstrip()[:1] not in tuple("=+-@"), cell
    plus = "'+" if kind == "csv" else "+"
    assert [row[0] for row in rows[:2]] == [f"{plus}79120000000", f"{plus}79120000001"]
    assert (rows[0][-1], rows[1][-1]) == ("да", "нет")
    by_heading = dict(zip(heading, rows[-1], strict=True))
    assert by_heading["День рождения"] == "05.03"
    assert float(by_heading["Потрачено"]) == 1000.0
    assert by_heading["Уровень"] == "Серебряный"


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
async def test_what_is_exported_is_imported_again(town: Town, tmp_path: Path, kind: str) -> None:
    phones = [f"+7912000{number:04d}" for number in range(3)]
    for phone, name in zip(phones, ("Анна", "=Борис", "Вера"), strict=True):
        await town.person(name=name, phone=phone, birthday_day=5, birthday_month=3)
    target = tmp_path / f"clients.{kind}"
    await exports(town, target)
    async with town.tx() as tx:
        for phone in phones:
            client = await clients.by_phone(tx.db, phone)
            assert client is not None
            await clients.change(tx.db, client.id, {"phone": None})
    work = Import(town.database, town.programme, town.clock, labels_of(town), is_dry_run=False)
    tally = await work.run(target)
    assert (tally.new, tally.refused) == (3, 0)
    async with town.tx() as tx:
        again = [await clients.by_phone(tx.db, phone) for phone in phones]
    assert [client and (client.name, client.birthday_day) for client in again] == [
        ("Анна", 5),
        ("=Борис", 5),
        ("Вера", 5),
    ]


async def test_merged_and_erased_records_are_no_clients(town: Town, tmp_path: Path) -> None:
    await town.person(name="Анна")
    for status in ("archived", "erased"):
        await town.person(name="Нет", status=status)
    assert len(await exports(town, tmp_path / "clients.csv")) == 2


async def test_pages_join_without_a_seam(
    town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("operations.exporting.EXPORT_PAGE", 2)
    for number in range(4):
        await town.person(phone=f"+7912000{number:04d}")
    _, *rows = await exports(town, tmp_path / "clients.csv")
    assert [row[0][-1] for row in rows] == ["0", "1", "2", "3"]


async def test_no_file_is_overwritten_and_none_is_left_half_done(
    town: Town, tmp_path: Path
) -> None:
    target = tmp_path / "clients.csv"
    await exports(town, target)
    for wrong, reason in (
        (target, "exists"),
        (tmp_path / "clients.txt", "kind"),
        (tmp_path / "nowhere" / "clients.csv", "folder"),
    ):
        with pytest.raises(ExportFault) as fault:
            await exports(town, wrong)
        assert fault.value.reason == reason
    left = await asyncio.to_thread(lambda: [path.name for path in tmp_path.glob("*clients*")])
    assert left == ["clients.csv"]
