"""Rule 16: tables as people keep them are read, whatever else a file may be ends in a reason."""

import io
import random
import zipfile
from collections.abc import Sequence
from contextlib import suppress
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.table_files import FileFault, FileUnreadable, Row, read_rows
from operations.card_lists import known_heading

BORN = datetime(1990, 3, 15)  # noqa: DTZ001 - as a spreadsheet keeps a day
TABLE = "Телефон;Имя\r\n89120000001;Анна\r\n89120000002;Борис\r\n"


def makes_sense(headings: Sequence[str]) -> int:
    return sum(known_heading(heading) is not None for heading in headings)


def rows_of(path: Path) -> list[Row]:
    return list(read_rows(path, makes_sense))


def cells_of(path: Path, data: bytes) -> list[tuple[str, ...]]:
    path.write_bytes(data)
    return [row.cells for row in rows_of(path)]


def fault_of(path: Path) -> FileFault:
    with pytest.raises(FileUnreadable) as unreadable:
        rows_of(path)
    return unreadable.value.fault


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1251", "utf-16"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t", "|"])
def test_the_encoding_and_the_delimiter_are_recognised(
    tmp_path: Path, encoding: str, delimiter: str
) -> None:
    data = TABLE.replace(";", delimiter).encode(encoding)
    assert cells_of(tmp_path / "list.txt", data) == [
        ("Телефон", "Имя"),
        ("89120000001", "Анна"),
        ("89120000002", "Борис"),
    ]


def test_the_delimiter_is_the_one_by_which_the_headings_make_sense(tmp_path: Path) -> None:
    data = "Сумма, руб;Телефон\n10,50;89120000001\n".encode()
    assert cells_of(tmp_path / "a.csv", data)[1] == ("10,50", "89120000001")


def test_excel_s_own_first_line_names_the_delimiter(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("sep=|\nТелефон|Имя\n89120000001|Анна\n", encoding="utf-8")
    rows = rows_of(tmp_path / "a.csv")
    assert [(row.line, row.cells[0]) for row in rows] == [(2, "Телефон"), (3, "89120000001")]


def test_lines_are_counted_as_an_editor_counts_them(tmp_path: Path) -> None:
    text = 'Телефон;Имя\n\n89120000001;"Анна\nМария"\n89120000002;Борис\n'
    (tmp_path / "a.csv").write_text(text, encoding="utf-8")
    assert [row.line for row in rows_of(tmp_path / "a.csv")] == [1, 3, 5]


def test_a_workbook_s_cells_are_as_they_would_be_typed(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["Телефон", "День рождения", "Баланс", "Потрачено"])
    sheet.append([])
    sheet.append([79120000001, BORN, 1200.0, 0.1 + 0.2])
    sheet.append(["+7 912 000-00-02", date(1990, 3, 15), None, 1234.5])
    book.save(tmp_path / "a.xlsx")
    assert [(row.line, row.cells) for row in rows_of(tmp_path / "a.xlsx")][1:] == [
        (3, ("79120000001", "1990-03-15", "1200", "0.3")),
        (4, ("+7 912 000-00-02", "1990-03-15", "", "1234.5")),
    ]


def test_what_is_no_table_has_its_reason(tmp_path: Path) -> None:
    assert fault_of(tmp_path / "none.csv") is FileFault.MISSING
    assert fault_of(tmp_path) in (FileFault.FOLDER, FileFault.FORBIDDEN)
    file = tmp_path / "list.csv"
    for data, fault in (
        (b"", FileFault.EMPTY),
        (b"\n \n;;\n", FileFault.EMPTY),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 old", FileFault.OLD_EXCEL),
        (b"PK\x03\x04 not a zip", FileFault.DAMAGED),
        (b"\x7fELF\x00\x01", FileFault.NOT_A_TABLE),
        (b'phone\n"' + b"1\n" * 100_000, FileFault.QUOTES),
    ):
        file.write_bytes(data)
        assert fault_of(file) is fault


def test_a_small_file_that_unpacks_to_a_huge_one_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "bomb.xlsx", "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/sharedStrings.xml", b"0" * (129 * 1024 * 1024))
    assert fault_of(tmp_path / "bomb.xlsx") is FileFault.TOO_LARGE


def _workbook() -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["Телефон", "Имя"])
    sheet.append(["89120000001", "Анна"])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


WORKBOOK = _workbook()
quick = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@quick
@given(st.binary(max_size=400) | st.text(max_size=200).map(lambda text: text.encode("utf-16")))
def test_any_bytes_are_rows_or_a_reason(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "any").write_bytes(data)
    with suppress(FileUnreadable):
        assert all(any(row.cells) for row in rows_of(tmp_path / "any"))


@quick
@given(st.integers(0, 2**32))
def test_a_damaged_workbook_is_rows_or_a_reason(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    data = bytearray(WORKBOOK)
    for _ in range(chance.randint(1, 8)):
        data[chance.randrange(4, len(data))] = chance.randrange(256)
    if chance.random() < 0.3:
        del data[chance.randrange(4, len(data)) :]
    (tmp_path / "any.xlsx").write_bytes(bytes(data))
    with suppress(FileUnreadable):
        rows_of(tmp_path / "any.xlsx")
