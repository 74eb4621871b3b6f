"""A value put over the file is what the file would have said: read by the same reader."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import programmes
from loyalty.programme import ProgrammeFile, ProgrammeInvalid, read_programme
from loyalty.programme.mistakes import Fault, expected_of
from loyalty.programme.settable import Kind
from loyalty.programme.typed import dump_raw, load_raw, raw_of, read_typed
from programmes import SERVICE_CENTRE
from tests.loyalty.programme_files import BUSINESS

PRESETS = sorted(Path(programmes.__file__).parent.glob("*.toml"))
FILE = ProgrammeFile.load(SERVICE_CENTRE)
KEYS = st.sampled_from(sorted(FILE.figures))


@pytest.mark.parametrize("path", PRESETS, ids=lambda path: path.stem)
def test_every_figure_of_every_preset_comes_back_as_it_was(path: Path) -> None:
    file = ProgrammeFile.load(path)
    digits = file.programme.business.minor_digits
    raws = {key: raw_of(one, one.get(file.programme), digits) for key, one in file.figures.items()}
    assert file.changed(raws) == file.programme
    assert all(load_raw(dump_raw(raw)) == raw for raw in raws.values())


@settings(max_examples=60, deadline=None)
@given(points=st.integers(0, 1_000_000), percent=st.decimals(0, 100, places=2))
def test_an_override_is_the_file_edited(points: int, percent: object) -> None:
    def text(welcome: object, cashback: object) -> str:
        return f"{BUSINESS}[points]\nwelcome = {welcome}\n[earning]\ncashback_percent = {cashback}"

    file = ProgrammeFile(_tables(text(5, 3)), "programme.toml", None)
    typed = {
        "points.welcome": read_typed(Kind.POINTS, f"{points}"),
        "earning.cashback_percent": read_typed(Kind.PERCENT, f"{percent} %".replace(".", ",")),
    }
    edited = read_programme(text(points, percent), file_name="programme.toml", folder=None)
    assert file.changed(typed) == edited


def _tables(text: str) -> dict[str, object]:
    from loyalty.programme.load import parse_tables

    return parse_tables(text, file_name="programme.toml")


@settings(max_examples=150, deadline=None)
@given(key=KEYS, typed=st.text(max_size=30))
def test_whatever_is_typed_is_a_programme_or_a_mistake_and_never_anything_else(
    key: str, typed: str
) -> None:
    figure = FILE.figures[key]
    raw = read_typed(figure.kind, typed)
    try:
        programme = FILE.changed({key: raw})
    except ProgrammeInvalid:
        return
    digits = programme.business.minor_digits
    again = raw_of(figure, figure.get(programme), digits)
    assert FILE.changed({key: load_raw(dump_raw(again))}) == programme


@pytest.mark.parametrize(
    "typed", ["1e9", "=1+1", "NaN", "-1", "10.005", "007", "<b>", "", "1200 300"]
)
def test_no_money_is_read_where_the_contract_refuses_it(typed: str) -> None:
    with pytest.raises(ProgrammeInvalid) as refused:
        FILE.changed({"desk.approve_above": read_typed(Kind.MONEY, typed)})
    (mistake,) = refused.value.mistakes
    assert expected_of(mistake.expected).fault is Fault.MONEY
    assert FILE.key_at(mistake.key) == "desk.approve_above"


@pytest.mark.parametrize(
    ("typed", "minor"),
    [("1 200,50 ₽", 120_050), ("1200.5", 120_050), ("0", 0), ("1\u00a0000 руб.", 100_000)],
)
def test_money_is_typed_as_in_the_contract(typed: str, minor: int) -> None:
    changed = FILE.changed({"referral.qualifying_bill": read_typed(Kind.MONEY, typed)})
    assert changed.referral is not None
    assert changed.referral.qualifying_bill == minor


@pytest.mark.parametrize(
    ("kind", "typed", "raw"),
    [
        (Kind.DAYS, "14 дней", 14),
        (Kind.MINUTES, "15 minutes", 15),
        (Kind.POINTS, "1 000 баллов", 1000),
        (Kind.PERCENT, "2,5 %", "2.5"),
        (Kind.FACTOR, "2.5x", "2.5"),
        (Kind.TIME, "9.30", "09:30"),
        (Kind.TWO_TIMES, "с 22:00 до 8:00", ["22:00", "08:00"]),
        (Kind.TWO_TIMES, "22:00–08:00", ["22:00", "08:00"]),
        (Kind.WARNINGS, "30, 7 и 1", [30, 7, 1]),
        (Kind.WARNINGS, "скоро", "скоро"),
    ],
)
def test_people_type_with_units_and_words(kind: Kind, typed: str, raw: object) -> None:
    assert read_typed(kind, typed) == raw


def test_a_figure_that_another_depends_on_names_the_other() -> None:
    with pytest.raises(ProgrammeInvalid) as refused:
        FILE.changed({"tiers.gold.from": "200000"})
    assert FILE.key_at(refused.value.mistakes[0].key) == "tiers.platinum.from"


def test_what_fits_only_together_is_kept_together() -> None:
    fitted = FILE.fitted({"tiers.gold.from": "150000", "tiers.platinum.from": "200000"})
    assert fitted.unfit == ()
    assert FILE.fitted({"tiers.gold.from": "150000"}).unfit == ("tiers.gold.from",)
    assert FILE.fitted({"tiers.none.from": "1"}).unfit == ("tiers.none.from",)
