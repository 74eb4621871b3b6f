"""Rules 15 and 16: an old card list put on, on both databases: once, whoever has the phone."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.importing import Import, Tally
from bot.table_files import FileUnreadable
from loyalty.programme import Programme
from operations.card_lists import ColumnsWrong
from operations.ledger import EntryKind
from operations.registration import PhoneElsewhere, Registered
from storage import clients, qualifying
from storage.audit import differences
from storage.clients import Client
from storage.database import Database
from templates.importing import CardAdded
from templates.labels import Labels
from templates.rendering import Renderer
from tests.movable_clock import MovableClock
from tests.operations.newcomers import Town as Strangers
from tests.town import Town

LIST = """Телефон;Имя;День рождения;Баланс;Потрачено
8 912 000-00-01;Анна;15.03.1990;250;31 000
+7 912 000-00-02;Борис;;0;
79120000003;;;10;99,50
"""
ANNA, BORIS, VERA = "+79120000001", "+79120000002", "+79120000003"


@pytest.fixture
def town(database: Database, programme: Programme) -> Town:
    return Town(database, MovableClock(), programme)


def labels_of(programme: Programme) -> Labels:
    business = programme.business
    clock = MovableClock()
    return Renderer(business.currency, business.minor_digits, business.timezone, clock.now).labels(
        "ru"
    )


async def imports(town: Town, file: Path, text: str = LIST, *, dry: bool = False) -> Tally:
    await asyncio.to_thread(file.write_text, text, encoding="utf-8")
    work = Import(
        town.database, town.programme, town.clock, labels_of(town.programme), is_dry_run=dry
    )
    return await work.run(file)


async def holder(town: Town, phone: str) -> Client:
    async with town.database.read() as db:
        client = await clients.by_phone(db, phone)
    assert client is not None
    return client


async def is_sound(town: Town) -> bool:
    async with town.database.read() as db:
        return await differences(db) == []


def counted(tally: Tally) -> tuple[int, int, int, int, int]:
    return tally.new, tally.joined, tally.known, tally.refused, tally.points


async def refusals(file: Path) -> Sequence[str]:
    report = file.with_name(file.name + ".refused.csv")
    return report.read_text(encoding="utf-8-sig").splitlines()[1:] if report.exists() else []


async def test_rule_16_a_list_makes_clients_with_points_and_level(
    town: Town, tmp_path: Path
) -> None:
    tally = await imports(town, tmp_path / "list.csv")
    assert counted(tally) == (3, 0, 0, 0, 260)
    anna = await holder(town, ANNA)
    assert (anna.name, anna.balance, anna.tier) == ("Анна", 250, "gold")
    assert (anna.birthday_day, anna.birthday_month, anna.birthday_year) == (15, 3, 1990)
    (entry,) = await town.entries(anna.id)
    assert (entry.kind, entry.amount, entry.key) == (EntryKind.IMPORT, 250, f"import:{anna.id}")
    boris = await holder(town, BORIS)
    assert (boris.balance, boris.tier, await town.entries(boris.id)) == (0, "silver", [])
    assert await is_sound(town)
    assert await town.audited() == ["clients.imported"]


async def test_rule_15_imported_clients_get_no_welcome_and_no_word(
    town: Town, tmp_path: Path
) -> None:
    await imports(town, tmp_path / "list.csv")
    anna = await holder(town, ANNA)
    assert (anna.telegram_id, anna.registered_at, anna.advert_consent) == (None, None, False)
    assert await town.notices(anna.id) == []
    assert [entry.kind for entry in await town.entries(anna.id)] == [EntryKind.IMPORT]


async def test_rule_16_the_same_list_again_changes_nothing(town: Town, tmp_path: Path) -> None:
    await imports(town, tmp_path / "list.csv")
    tally = await imports(town, tmp_path / "list.csv")
    assert counted(tally) == (0, 0, 3, 0, 0)
    assert (await holder(town, ANNA)).balance == 250
    assert len(await town.entries((await holder(town, ANNA)).id)) == 1
    assert await is_sound(town)


async def test_rule_16_one_phone_spelt_twice_is_one_client(town: Town, tmp_path: Path) -> None:
    text = "phone,balance\n89120000001,5\n+7 912 000 00 01,7\n"
    tally = await imports(town, tmp_path / "list.csv", text)
    assert counted(tally) == (1, 0, 0, 1, 5)
    assert await refusals(tmp_path / "list.csv") == [
        '3,"тот же телефон, что в строке 2",\'+7 912 000 00 01,7'
    ]


async def test_a_card_with_other_figures_than_before_is_refused(town: Town, tmp_path: Path) -> None:
    await imports(town, tmp_path / "a.csv", "phone,balance\n89120000001,5\n")
    tally = await imports(town, tmp_path / "b.csv", "phone,balance\n89120000001,50\n")
    assert counted(tally) == (0, 0, 0, 1, 0)
    assert (await holder(town, ANNA)).balance == 5
    assert "с другими цифрами" in (await refusals(tmp_path / "b.csv"))[0]


async def test_rule_16_the_card_of_a_client_in_the_bot_is_added_once(
    town: Town, tmp_path: Path
) -> None:
    mine = await town.person(phone=ANNA, name="Аня", birthday_day=None)
    for expected in ((2, 1, 0, 0, 260), (0, 0, 3, 0, 0)):
        assert counted(await imports(town, tmp_path / "list.csv")) == expected
    anna = await town.knows(mine)
    assert (anna.name, anna.balance, anna.tier, anna.birthday_day) == ("Аня", 250, "gold", 15)
    (told,) = await town.notices(mine)
    assert isinstance(told, CardAdded)
    assert (told.points, told.balance, told.level) == (250, 250, "Золотой")
    assert await is_sound(town)


async def test_a_dry_run_counts_and_writes_nothing(town: Town, tmp_path: Path) -> None:
    mine = await town.person(phone=ANNA)
    tally = await imports(town, tmp_path / "list.csv", dry=True)
    assert counted(tally) == (2, 1, 0, 0, 260)
    assert (await town.knows(mine)).balance == 0
    async with town.database.read() as db:
        assert await clients.by_phone(db, BORIS) is None
    assert await town.audited() == []


async def test_a_run_that_was_cut_short_goes_on_and_doubles_nothing(
    town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.importing.BATCH_ROWS", 2)
    text = "phone,balance\n" + "".join(f"8912000{n:04d},{n}\n" for n in range(1, 10))

    class PowerCut(Exception):
        pass

    def cut(rows: int, _share: float | None) -> None:
        if rows >= 4:
            raise PowerCut

    (tmp_path / "list.csv").write_text(text, encoding="utf-8")
    work = Import(
        town.database,
        town.programme,
        town.clock,
        labels_of(town.programme),
        is_dry_run=False,
        on_progress=cut,
    )
    with pytest.raises(PowerCut):
        await work.run(tmp_path / "list.csv")
    tally = await imports(town, tmp_path / "list.csv", text)
    assert (tally.new + tally.known, tally.refused) == (9, 0)
    assert tally.known >= 4
    for n in range(1, 10):
        client = await holder(town, f"+7912000{n:04d}")
        assert (client.balance, len(await town.entries(client.id))) == (n, 1)
    assert await is_sound(town)


async def test_wrong_columns_import_nothing(town: Town, tmp_path: Path) -> None:
    with pytest.raises(ColumnsWrong):
        await imports(town, tmp_path / "list.csv", "Имя;Баланс\nАнна;5\n")
    assert await town.audited() == []


async def test_rule_16_who_is_on_the_list_is_claimed_by_the_verified_contact(
    database: Database, programme: Programme, tmp_path: Path
) -> None:
    town = Town(database, MovableClock(), programme)
    await imports(town, tmp_path / "list.csv")
    imported = await holder(town, ANNA)
    done = await Strangers(database, programme).registers(7_100_000_001, ANNA, first_name="Anya")
    assert isinstance(done, Registered)
    assert (done.client.id, done.known, done.client.name) == (imported.id, True, "Анна")
    assert done.client.birthday_year == 1990
    assert done.client.tier == "gold"
    assert done.client.card_number is not None
    # Rule 15: the welcome points come now, beside what the card had.
    assert done.client.balance == 250 + programme.points.welcome
    kinds = [entry.kind for entry in await town.entries(imported.id)]
    assert kinds == [EntryKind.IMPORT, EntryKind.WELCOME]
    # Imported again, nothing is added to whoever claimed the card.
    assert counted(await imports(town, tmp_path / "list.csv")) == (0, 0, 3, 0, 0)
    again = await Strangers(database, programme).registers(7_100_000_002, ANNA)
    assert isinstance(again, PhoneElsewhere)


async def test_rule_12_imported_spend_counts_until_it_leaves_the_window(
    town: Town, tmp_path: Path
) -> None:

    await imports(town, tmp_path / "list.csv")
    anna = await holder(town, ANNA)
    by = town.programme.tiers.qualify_by
    day = anna.tier_since
    async with town.database.read() as db:
        assert await qualifying.qualifying_value(db, anna.id, by, since=day) == 3_100_000
        later = day + timedelta(days=1)
        assert await qualifying.qualifying_values(db, anna.id, by, since=(later, day)) == (
            0,
            3_100_000,
        )


async def test_a_thousand_rows_of_anything_leave_the_books_in_order(
    town: Town, tmp_path: Path
) -> None:
    rows = ["phone;name;balance;spend"]
    rows += [f"8912{n % 700:07d};=cmd {n};{n % 40};{n}" for n in range(1_000)]
    tally = await imports(town, tmp_path / "list.csv", "\n".join(rows))
    assert (tally.rows, tally.new, tally.refused) == (1_000, 700, 300)
    assert await is_sound(town)


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
async def test_any_bytes_end_in_figures_or_in_a_clear_line(town: Town, tmp_path: Path) -> None:
    headings = st.sampled_from(
        [b"", b"phone;name;balance\n", "Телефон,Баланс\r\n".encode("cp1251")]
    )
    rows = st.lists(
        st.binary(max_size=60)
        | st.text(max_size=40).map(lambda text: text.encode("utf-8", "replace"))
        | st.integers(0, 9999).map(lambda n: f"8912000{n:04d};=1+1;{n}\n".encode()),
        max_size=12,
    )
    examples = []

    @settings(max_examples=60, database=None)
    @given(st.tuples(headings, rows))
    def collect(example: tuple[bytes, list[bytes]]) -> None:
        examples.append(example[0] + b"".join(example[1]))

    collect()
    for number, data in enumerate(examples):
        file = tmp_path / f"{number}.csv"
        await asyncio.to_thread(file.write_bytes, data)
        work = Import(
            town.database, town.programme, town.clock, labels_of(town.programme), is_dry_run=False
        )
        with suppress(FileUnreadable, ColumnsWrong):
            tally = await work.run(file)
            assert tally.rows == tally.new + tally.joined + tally.known + tally.refused
    assert await is_sound(town)
