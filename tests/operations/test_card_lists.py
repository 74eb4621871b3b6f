"""Rules 16 and 21: what a row of an old card list says, and cells that nothing executes."""

import csv
import io
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalty.birthdays import Birthday
from loyalty.programme import Programme
from operations.card_lists import (
    Column,
    ColumnsFault,
    ColumnsWrong,
    ListedCard,
    RowFault,
    RowRefused,
    inert,
    known_heading,
    read_card,
    read_columns,
    without_inert_sign,
)

TODAY = date(2027, 2, 1)
HEADINGS = ("Телефон", "Имя", "Дата рождения", "Баланс", "Потрачено")


def read(programme: Programme, *cells: str, headings: tuple[str, ...] = HEADINGS) -> ListedCard:
    return read_card(programme.business, TODAY, read_columns(headings), 2, cells)


def refusal(programme: Programme, *cells: str) -> RowFault:
    with pytest.raises(RowRefused) as refused:
        read(programme, *cells)
    return refused.value.fault


def test_a_row_says_who_it_is_and_what_is_on_the_card(programme: Programme) -> None:
    card = read(
        programme, "8 (912) 000-00-01", " Анна  Иванова ", "15.03.1990", "1 200", "35 000,50"
    )
    assert card == ListedCard(
        2, "+79120000001", "Анна Иванова", Birthday(15, 3, 1990), 1200, 3_500_050
    )


def test_headings_stand_in_any_order_and_language(programme: Programme) -> None:
    headings = ("Total spent", "notes", "POINTS", "Phone number", "Ф.И.О.", "date of birth")
    card = read(
        programme, "10.00", "x", "5", "79120000001", "Vera", "1990-03-15", headings=headings
    )
    assert (card.phone, card.name, card.balance, card.spend) == ("+79120000001", None, 5, 1000) or (
        card.name == "Vera"
    )
    assert read_columns(headings).unused == ("notes",)


@pytest.mark.parametrize(
    ("heading", "column"),
    [
        ("ТЕЛЕФОН", Column.PHONE),
        ("Телефон (моб.)", Column.PHONE),
        ("Д.Р.", Column.BIRTHDAY),
        ("день рождения", Column.BIRTHDAY),
        ("Date_of_birth", Column.BIRTHDAY),
        ("ФИО", Column.NAME),
        ("\ufeffИмя", Column.NAME),
        ("Бонусный баланс", Column.BALANCE),
        ("Сумма покупок, ₽", Column.SPEND),
        ("Комментарий", None),
        ("", None),
        ("т" * 5000, None),
    ],
)
def test_a_heading_is_known_however_it_is_spelt(heading: str, column: Column | None) -> None:
    assert known_heading(heading) is column


def test_without_a_phone_or_with_two_the_columns_are_wrong() -> None:
    with pytest.raises(ColumnsWrong) as missing:
        read_columns(("Имя", "Баланс"))
    assert (missing.value.fault, missing.value.headings) == (
        ColumnsFault.NO_PHONE,
        ("Имя", "Баланс"),
    )
    with pytest.raises(ColumnsWrong) as twice:
        read_columns(("Телефон", "Баллы", "Баланс"))
    assert (twice.value.fault, twice.value.headings) == (ColumnsFault.TWICE, ("Баланс",))


@pytest.mark.parametrize(
    "typed",
    [
        "+79120000001",
        "8 912 000-00-01",
        "79120000001",
        "9120000001",
        "'+79120000001",
        "'89120000001",
    ],
)
def test_rule_16_however_a_phone_is_written_it_is_one_client(
    programme: Programme, typed: str
) -> None:
    assert read(programme, typed).phone == "+79120000001"


def test_a_foreign_phone_without_its_plus_is_read(programme: Programme) -> None:
    assert read(programme, "998901234567").phone == "+998901234567"


@pytest.mark.parametrize(
    ("cells", "fault"),
    [
        (("", "Анна"), RowFault.PHONE_MISSING),
        (("нет",), RowFault.PHONE_UNREADABLE),
        (("7,91E+10",), RowFault.PHONE_SCIENTIFIC),
        (("7.912E+10",), RowFault.PHONE_SCIENTIFIC),
        (("89120000001", "", "вчера"), RowFault.BIRTHDAY_UNREADABLE),
        (("89120000001", "", "15.03.90"), RowFault.BIRTHDAY_SHORT_YEAR),
        (("89120000001", "", "31.02.1990"), RowFault.BIRTHDAY_IMPOSSIBLE),
        (("89120000001", "", "01.01.2030"), RowFault.BIRTHDAY_IMPOSSIBLE),
        (("89120000001", "", "", "много"), RowFault.BALANCE_UNREADABLE),
        (("89120000001", "", "", "1e9"), RowFault.BALANCE_UNREADABLE),
        (("89120000001", "", "", "NaN"), RowFault.BALANCE_UNREADABLE),
        (("89120000001", "", "", "1,234"), RowFault.BALANCE_UNREADABLE),
        (("89120000001", "", "", "-5"), RowFault.BALANCE_NEGATIVE),
        (("89120000001", "", "", "12,5"), RowFault.BALANCE_PARTS),
        (("89120000001", "", "", "9" * 30), RowFault.BALANCE_TOO_LARGE),
        (("89120000001", "", "", "10000001"), RowFault.BALANCE_TOO_LARGE),
        (("89120000001", "", "", "", "=1+1"), RowFault.SPEND_UNREADABLE),
        (("89120000001", "", "", "", "-0.01"), RowFault.SPEND_NEGATIVE),
        (("89120000001", "", "", "", "1.234"), RowFault.SPEND_UNREADABLE),
        (("89120000001", "", "", "", "1000000000.01"), RowFault.SPEND_TOO_LARGE),
    ],
)
def test_a_row_is_refused_with_its_reason(
    programme: Programme, cells: tuple[str, ...], fault: RowFault
) -> None:
    assert refusal(programme, *cells) is fault


@pytest.mark.parametrize(
    ("typed", "minor"),
    [
        ("", 0),
        ("0", 0),
        ("-0", 0),
        ("1200", 120_000),
        ("1 200,5 руб.", 120_050),
        ("1\u00a0200,50\u00a0₽", 120_050),
        ("1,234.56", 123_456),
        ("1'234'567", 123_456_700),
        ("007", 700),
    ],
)
def test_money_is_read_exactly(programme: Programme, typed: str, minor: int) -> None:
    assert read(programme, "89120000001", "", "", "", typed).spend == minor


def test_a_day_that_a_spreadsheet_made_a_moment_is_a_day(programme: Programme) -> None:
    for typed in ("15.03.1990 0:00", "1990-03-15 00:00:00", "1990-03-15T00:00:00"):
        assert read(programme, "89120000001", "", typed).birthday == Birthday(15, 3, 1990)


def test_rule_16_any_text_in_the_cells_is_read_or_refused(programme: Programme) -> None:
    @given(st.lists(st.text(max_size=40), min_size=5, max_size=5))
    def check(cells: list[str]) -> None:
        try:
            card = read(programme, *cells)
        except RowRefused:
            return
        assert card.phone.startswith("+")
        assert card.balance >= 0
        assert card.spend >= 0

    check()


@pytest.mark.parametrize(
    "name",
    ["=1+1", "+7", "-2", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "  =1", "＝1", "=cmd|' /C calc'!A0"],
)
def test_rule_21_a_cell_that_a_spreadsheet_would_execute_is_made_inert(name: str) -> None:
    assert inert(name) == "'" + name


@given(st.text(max_size=60))
def test_rule_21_no_text_is_executed_and_each_comes_back(text: str) -> None:
    out = io.StringIO()
    csv.writer(out).writerow([inert(text)])
    (cell,) = next(csv.reader(io.StringIO(out.getvalue(), newline="")))
    assert cell.lstrip()[:1] not in tuple("=+-@")
    assert cell[:1] not in ("\t", "\r", "\n")
    if cell != text and text.lstrip()[:1] in tuple("=+-@"):
        assert without_inert_sign(cell) == text


def test_an_apostrophe_of_a_name_stays(programme: Programme) -> None:
    assert read(programme, "89120000001", "'Абд").name == "'Абд"
    assert read(programme, "89120000001", "'=Анна").name == "=Анна"
