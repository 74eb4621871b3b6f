"""A workbook's cells are read as openpyxl reads them, whatever is in them."""

import random
import zipfile
from datetime import date, datetime, time, timedelta
from pathlib import Path

import openpyxl
import pytest
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from bot.sheet_cells import FirstSheet
from bot.table_files import read_rows

COLUMNS = 12
MOMENT = datetime(1990, 3, 15, 18, 30, 1)  # noqa: DTZ001 - as a spreadsheet keeps it


def theirs(path: Path) -> list[tuple[object, ...]]:
    """Row by row; a row that the file leaves out is an empty one, none ends in nothing."""
    book = openpyxl.load_workbook(path, read_only=True, data_only=True, keep_links=False)
    sheet = book.worksheets[0]
    sheet.reset_dimensions()
    rows = [_bare(values) for values in sheet.iter_rows(values_only=True)]
    book.close()
    return rows


def ours(path: Path) -> list[tuple[object, ...]]:
    rows: list[tuple[object, ...]] = []
    with path.open("rb") as file:
        sheet = FirstSheet(file)
        for row in sheet.rows(COLUMNS):
            rows += [()] * (row.line - len(rows) - 1)
            rows.append(_bare(row.values))
            assert 0 < row.share <= 1
        sheet.close()
    return rows


def _bare(values: object) -> tuple[object, ...]:
    assert isinstance(values, list | tuple)
    kept = [None if value == "" else value for value in values]
    while kept and kept[-1] is None:
        kept.pop()
    return tuple(kept)


def a_value(chance: random.Random) -> object:
    return chance.choice(
        (
            None,
            "",
            "+7 912 000-00-01",
            " «Анна» & <b> ",
            "=1+1",
            "#N/A",
            chance.randrange(10**12),
            79_120_000_000.0,
            chance.random() * 10**6,
            -0.5,
            1e21,
            True,
            False,
            MOMENT,
            MOMENT.date(),
            date(1900, 1, 1),
            time(9, 30),
            timedelta(hours=30, minutes=1),
        )
    )


@pytest.mark.filterwarnings("ignore:Cell .* is marked as a date")  # openpyxl itself
@pytest.mark.parametrize("seed", range(12))
def test_any_workbook_is_read_as_openpyxl_reads_it(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    book = openpyxl.Workbook()
    if seed % 3 == 0:
        book.epoch = CALENDAR_MAC_1904
    sheet = book.active
    assert sheet is not None
    for line in range(1, 40):
        if chance.random() < 0.2:
            continue
        for column in range(1, COLUMNS + 1):
            cell = sheet.cell(line, column)
            cell.value = a_value(chance)  # type: ignore[assignment]
            if chance.random() < 0.1:
                cell.number_format = chance.choice(("dd.mm.yyyy", "0.00", "[h]:mm", "@"))
    sheet.merge_cells("A2:C2")
    if seed % 2:
        sheet.sheet_state = "hidden"
        book.create_sheet("seen")["A1"] = "not this one"
    book.save(tmp_path / "a.xlsx")
    assert ours(tmp_path / "a.xlsx") == theirs(tmp_path / "a.xlsx")


SHEET = """<?xml version="1.0" encoding="UTF-8"?>
<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>
<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c><c t="s"><v>2</v></c></row>
<row><c t="str"><f>A1</f><v>cached</v></c><c t="e"><v>#REF!</v></c><c><f>1+1</f></c></row>
<row r="5"><c r="C5"><v>79120000000.0</v></c><c r="D5" t="d"><v>1990-03-15</v></c>
<c r="E5" t="b"><v>1</v></c><c r="F5"><v>7.9120000001E10</v></c><c r="G5" t="b"/></row>
<row r="6"><c r="A6" t="inlineStr"><is><r><t>Ан</t></r><r><rPr/><t>на</t></r></is></c>
<c r="B6" t="inlineStr"><is><t xml:space="preserve"> Борис </t></is></c>
<c r="C6" t="inlineStr"/></row>
<row r="9.0"><c r="AA9"><v>1</v></c><c r="B9"><v>2</v></c></row>
</sheetData></worksheet>"""
TEXTS = """<?xml version="1.0" encoding="UTF-8"?>
<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">
<si><t>Телефон</t></si><si><r><t>И</t></r><r><t>мя</t></r><rPh sb="0" eb="1"><t>no</t></rPh></si>
<si><t>_x005F_x000D_</t></si></sst>"""
KIND = (
    '<Override PartName="/xl/sharedStrings.xml" ContentType="application/'
    'vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"/></Types>'
)


def test_what_other_programs_write_is_read_as_openpyxl_reads_it(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.save(tmp_path / "empty.xlsx")
    with (
        zipfile.ZipFile(tmp_path / "empty.xlsx") as empty,
        zipfile.ZipFile(tmp_path / "a.xlsx", "w") as made,
    ):
        for name in empty.namelist():
            text = empty.read(name).decode()
            if name == "[Content_Types].xml" and "sharedStrings" not in text:
                text = text.replace("</Types>", KIND)
            if name != "xl/sharedStrings.xml":
                made.writestr(name, SHEET if name.endswith("sheet1.xml") else text)
        made.writestr("xl/sharedStrings.xml", TEXTS)
    read = ours(tmp_path / "a.xlsx")
    assert read[:6] == theirs(tmp_path / "a.xlsx")[:6]
    assert read[0] == ("Телефон", "Имя", "_x000D_")
    assert read[8] == (None, 2)
    rows = list(read_rows(tmp_path / "a.xlsx", len))
    assert [row.line for row in rows] == [1, 2, 5, 6, 9]
    assert rows[2].cells[2:6] == ("79120000000", "1990-03-15", "True", "79120000001")
