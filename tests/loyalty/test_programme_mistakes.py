"""Mistakes in the programme's file: all at once, each with its key and what was expected."""

import re
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalty.programme import Mistake, ProgrammeInvalid, load_programme, read_programme
from programmes import SERVICE_CENTRE
from tests.loyalty.programme_files import BUSINESS, mistakes_in, only_mistake_in

LEVELS = """
[[tiers.level]]
code = "silver"
name = "Silver"

[[tiers.level]]
code = "gold"
name = "Gold"
from = 100
"""


def test_a_mistake_is_one_line_with_file_key_and_expectation() -> None:
    with pytest.raises(ProgrammeInvalid) as refused:
        read_programme(
            BUSINESS + LEVELS + "cashback_percent = 300\n",
            file_name="programme.toml",
            folder=None,
        )
    assert str(refused.value) == (
        "programme.toml: tiers.level[1].cashback_percent: expected a percent from 0 to 100, got 300"
    )


def test_every_mistake_is_told_at_once() -> None:
    mistakes = mistakes_in(
        "[points]\nvalue = 0\nwelcome = -1\n[desk]\nundo_minuts = 3\n",
        business='[business]\nname = ""\ncurrency = "roubles"\n',
    )
    assert [mistake.key for mistake in mistakes] == [
        "business.name",
        "business.currency",
        "points.value",
        "points.welcome",
        "desk.undo_minuts",
    ]


def test_an_empty_file_lacks_the_name_only() -> None:
    mistake = only_mistake_in("", business="")
    assert (mistake.key, mistake.got) == ("business.name", "nothing")


def test_an_unknown_key_is_refused_with_the_one_that_was_meant() -> None:
    assert only_mistake_in("[points]\nwelcom = 5\n") == Mistake(
        "points.welcom", 'a known key, perhaps "welcome"', '"welcom"'
    )
    assert 'perhaps "points"' in only_mistake_in("[ponts]\nwelcome = 5\n").expected


def test_an_unknown_key_like_no_other_is_told_all_of_them() -> None:
    expected = only_mistake_in("[redeeming]\nxyzzy = 1\n").expected
    assert expected == "as key one of max_share_percent, min_points, hold_minutes"


@pytest.mark.parametrize(
    ("sections", "key"),
    [
        ("[points]\nwelcome = true\n", "points.welcome"),
        ("[points]\nwelcome = 1.5\n", "points.welcome"),
        ('[points]\nwelcome = "5"\n', "points.welcome"),
        ("[points]\nwelcome = 99999999999999999999\n", "points.welcome"),
        ("[points]\nvalue = 0.001\n", "points.value"),
        ("[points]\nvalue = 0\n", "points.value"),
        ("[points]\nvalue = -1\n", "points.value"),
        ("[points]\nvalue = true\n", "points.value"),
        ('[points]\nvalue = "1e3"\n', "points.value"),
        ("[points]\nvalue = 2000000\n", "points.value"),
        ("[points]\nwarn_days = []\n", "points.warn_days"),
        ("[points]\nwarn_days = [30, 0]\n", "points.warn_days[1]"),
        ("[points]\nwarn_days = [7, 7]\n", "points.warn_days[1]"),
        ("[points]\nwarn_days = 7\n", "points.warn_days"),
        ("[points]\nlifetime_days = 10\npending_days = 10\n", "points.pending_days"),
        ("[earning]\ncashback_percent = 100.01\n", "earning.cashback_percent"),
        ("[earning]\ncashback_percent = -0.5\n", "earning.cashback_percent"),
        ("[earning]\ncashback_percent = nan\n", "earning.cashback_percent"),
        ("[earning]\ncashback_percent = inf\n", "earning.cashback_percent"),
        ("[earning]\ncashback_percent = 1e999999\n", "earning.cashback_percent"),
        ("[earning]\ncashback_percent = 1e-999999\n", "earning.cashback_percent"),
        ("[earning]\ncashback_percent = 3.00001\n", "earning.cashback_percent"),
        ("[earning]\ncashback_percent = false\n", "earning.cashback_percent"),
        ("[earning]\nstep = 5\n", "earning.step"),
        ("[earning]\nstep = [5]\n", "earning.step[0]"),
        ("[[points]]\nwelcome = 5\n", "points"),
        ("[services]\ncode = 5\n", "services"),
        ("[redeeming]\nmax_share_percent = 101\n", "redeeming.max_share_percent"),
        ("[redeeming]\nhold_minutes = 0\n", "redeeming.hold_minutes"),
        ('[birthday]\nsend_at = "24:00"\n', "birthday.send_at"),
        ('[birthday]\nsend_at = "9:00"\n', "birthday.send_at"),
        ("[birthday]\nsend_at = 10:00:01\n", "birthday.send_at"),
        ('[birthday]\nleap_day = "02-29"\n', "birthday.leap_day"),
        ("[birthday]\npoints_by_tier = { gold = 5 }\n", "birthday.points_by_tier.gold"),
        ("[birthday]\npoints_by_tier = 5\n", "birthday.points_by_tier"),
        ("[birthday]\nvalid_days = 0\n", "birthday.valid_days"),
        ("[win_back]\ninterval_factor = 0.5\n", "win_back.interval_factor"),
        ("[win_back]\nholdout_percent = 101\n", "win_back.holdout_percent"),
        ("[referral]\nmonthly_cap = 0\n", "referral.monthly_cap"),
        ('[desk]\nodd_hours = ["22:00"]\n', "desk.odd_hours"),
        ('[desk]\nodd_hours = ["22:00", "25:00"]\n', "desk.odd_hours"),
        ("[feedback]\ncomplaint_up_to = 6\n", "feedback.complaint_up_to"),
        ('[tiers]\nqualify_by = "money"\n', "tiers.qualify_by"),
        ('[tiers]\nreview = "daily"\n', "tiers.review"),
        ('[[rewards]]\ncode = "a b"\nname = "A"\ncost = 1\n', "rewards[0].code"),
        ('[[rewards]]\ncode = "a"\nname = "A"\n', "rewards[0].cost"),
        ('[[rewards]]\ncode = "a"\nname = "A"\ncost = 0\n', "rewards[0].cost"),
        ('[[rewards]]\ncode = "a"\nname = ""\ncost = 1\n', "rewards[0].name"),
        ('[[rewards]]\ncode = "a"\nname = "A\\nB"\ncost = 1\n', "rewards[0].name"),
        ('[[rewards]]\ncode = "a"\nname = {}\ncost = 1\n', "rewards[0].name.ru"),
        ('[[rewards]]\ncode = "a"\nname = 5\ncost = 1\n', "rewards[0].name"),
        ('[[stamps]]\ncode = "a"\nname = "A"\nservice = "x"\nevery = 5\n', "stamps[0].service"),
        ('[[badges]]\ncode = "a"\nname = "A"\n', "badges[0].rule"),
        ('[[badges]]\ncode = "a"\nname = "A"\nrule = 5\n', "badges[0].rule"),
        ('[[badges]]\ncode = "a"\nname = "A"\nrule = {}\n', "badges[0].rule"),
        ('[[badges]]\ncode = "a"\nname = "A"\nrule = {bill = 0}\n', "badges[0].rule.bill"),
        (
            '[[badges]]\ncode = "a"\nname = "A"\nrule = {bill = 5, visits = 5}\n',
            "badges[0].rule",
        ),
        ('[[promotions]]\ncode = "a"\nname = "A"\n', "promotions[0].multiply"),
        (
            '[[promotions]]\ncode = "a"\nname = "A"\nmultiply = 2\nadd = 5\n',
            "promotions[0].multiply",
        ),
        (
            '[[promotions]]\ncode = "a"\nname = "A"\nadd = 5\nweekdays = ["tuesday"]\n',
            "promotions[0].weekdays[0]",
        ),
        (
            '[[promotions]]\ncode = "a"\nname = "A"\nadd = 5\nfrom = 2027-02-02\nto = 2027-02-01\n',
            "promotions[0].to",
        ),
        (
            '[[promotions]]\ncode = "a"\nname = "A"\nadd = 5\nfrom = "2027-02-02"\n',
            "promotions[0].from",
        ),
        (
            '[[promotions]]\ncode = "a"\nname = "A"\nadd = 5\nfrom = 2027-02-02T00:00:00\n',
            "promotions[0].from",
        ),
    ],
)
def test_a_wrong_value_is_named_by_its_key(sections: str, key: str) -> None:
    assert only_mistake_in(sections).key == key


@pytest.mark.parametrize(
    ("business", "key"),
    [
        ('timezone = "Europe/Moskow"', "business.timezone"),
        ('timezone = "Europe"', "business.timezone"),
        ('timezone = "../../etc/passwd"', "business.timezone"),
        ("timezone = 3", "business.timezone"),
        ('languages = ["ru", "de"]', "business.languages[1]"),
        ('languages = ["ru", "ru"]', "business.languages[1]"),
        ("languages = []", "business.languages"),
        ('languages = "ru"', "business.languages"),
        ("branches = []", "business.branches"),
        ('branches = ["A", "A"]', "business.branches[1]"),
        ('branches = [""]', "business.branches[0]"),
        ('phone_region = "Russia"', "business.phone_region"),
        ("margin_percent = 140", "business.margin_percent"),
        (f'nmae = "{"я" * 65}"', "business.nmae"),
    ],
)
def test_a_mistake_about_the_business_is_named_by_its_key(business: str, key: str) -> None:
    assert only_mistake_in("", business=f"{BUSINESS}{business}\n").key == key


def test_a_time_zone_is_suggested() -> None:
    mistake = only_mistake_in("", business=f'{BUSINESS}timezone = "Asia/Ekaterinburg"\n')
    assert mistake.expected == "a time zone such as Asia/Yekaterinburg"


def test_every_listed_language_has_its_words() -> None:
    mistake = only_mistake_in(
        '[[services]]\ncode = "cut"\nname = { ru = "Стрижка" }\n',
        business=f'{BUSINESS}languages = ["ru", "en"]\n',
    )
    assert mistake.key == "services[0].name.en"


def test_codes_in_a_list_differ() -> None:
    service = '[[services]]\ncode = "{}"\nname = "A"\n'
    assert only_mistake_in(service.format("cut") + service.format("Cut")).key == "services[1].code"


@pytest.mark.parametrize(
    "section",
    [
        '[[rewards]]\ncode = "a"\nname = "A"\ncost = 1\ntiers = ["bronze"]\n',
        '[[promotions]]\ncode = "a"\nname = "A"\nadd = 1\ntiers = ["bronze"]\n',
        '[[partners]]\ncode = "a"\nname = "A"\noffer = "B"\ntiers = ["bronze"]\n',
    ],
)
def test_a_tier_that_is_named_elsewhere_exists(section: str) -> None:
    mistake = only_mistake_in(LEVELS + section)
    assert mistake.expected == "one of silver, gold"
    assert mistake.got == '"bronze"'


@pytest.mark.parametrize(
    ("thresholds", "key"),
    [
        ((5, 10), "tiers.level[0].from"),
        ((0, 0), "tiers.level[1].from"),
        ((0, 10, 10), "tiers.level[2].from"),
        ((0, 10, 5), "tiers.level[2].from"),
    ],
)
def test_levels_rise_from_nothing(thresholds: tuple[int, ...], key: str) -> None:
    levels = "".join(
        f'[[tiers.level]]\ncode = "l{index}"\nname = "L"\nfrom = {threshold}\n'
        for index, threshold in enumerate(thresholds)
    )
    assert only_mistake_in(levels).key == key


def test_a_level_by_invitation_is_reached_by_nothing_else() -> None:
    invited = '[[tiers.level]]\ncode = "vip"\nname = "VIP"\ninvitation_only = true\n'
    assert only_mistake_in(f"{LEVELS}{invited}from = 500\n").key == "tiers.level[2].from"
    assert only_mistake_in(invited).key == "tiers.level"


def test_a_level_does_not_give_away_more_than_everything() -> None:
    mistake = only_mistake_in(LEVELS + "cashback_percent = 60\ndiscount_percent = 50\n")
    assert mistake.key == "tiers.level[1].discount_percent"


def test_a_wrong_threshold_is_one_mistake_and_not_two() -> None:
    third = '[[tiers.level]]\ncode = "top"\nname = "Top"\nfrom = 200\n'
    text = LEVELS.replace("from = 100", 'from = "much"') + third
    assert only_mistake_in(text).key == "tiers.level[1].from"


@pytest.mark.parametrize(
    ("content", "got"),
    [
        (b"[business\n", "a mistake: "),
        ("[business]\nname = 'Кафе'".encode("cp1251"), "byte 0xca at place 19"),
        (b"x = " + b"1" * 5_000, "a number too large"),
        (b"x = 1e99999999999999999999", "a number too large"),
        (b"x = " + b"[" * 5_000, "values nested too deeply"),
        (b"#" * 1_000_001, "more"),
    ],
)
def test_a_file_that_is_no_toml_is_refused_as_a_whole(
    tmp_path: Path, content: bytes, got: str
) -> None:
    path = tmp_path / "programme.toml"
    path.write_bytes(content)
    with pytest.raises(ProgrammeInvalid) as refused:
        load_programme(path)
    (mistake,) = refused.value.mistakes
    assert mistake.key == ""
    assert mistake.got.startswith(got)
    assert str(refused.value).startswith("programme.toml: expected ")


def test_a_file_that_is_not_there_is_a_mistake_too(tmp_path: Path) -> None:
    for path in (tmp_path / "missing.toml", tmp_path):
        with pytest.raises(ProgrammeInvalid) as refused:
            load_programme(path)
        assert len(refused.value.lines()) == 1


def test_a_file_from_an_editor_that_marks_its_beginning_is_read(tmp_path: Path) -> None:
    path = tmp_path / "programme.toml"
    path.write_bytes(b"\xef\xbb\xbf" + BUSINESS.replace("\n", "\r\n").encode())
    assert load_programme(path).business.name == "Кафе"


SERVICE_CENTRE_TEXT = SERVICE_CENTRE.read_text(encoding="utf-8")
SERVICE_CENTRE_LINES = SERVICE_CENTRE_TEXT.splitlines()
KEY_LINES = [
    number for number, line in enumerate(SERVICE_CENTRE_LINES) if re.match(r"[a-z_]+ = ", line)
]
NASTY_VALUES = [
    "true", "-1", "0", "1e400", "nan", "''", "'\\u202e'", "[]", "{}", "[[]]", "[{}]", "1979-05-27",
    "99999999999999999999999999", "'x'", "['x', 'x']", "{ x = 1 }", "07:32:00", "0.00000001",
]  # fmt: skip


@given(st.sampled_from(KEY_LINES), st.sampled_from(NASTY_VALUES))
def test_no_value_of_any_key_breaks_the_reading(number: int, value: str) -> None:
    lines = list(SERVICE_CENTRE_LINES)
    lines[number] = f"{lines[number].split(' = ')[0]} = {value}"
    with suppress(ProgrammeInvalid):
        read_programme("\n".join(lines), file_name="programme.toml", folder=None)


@given(st.sampled_from(KEY_LINES))
def test_every_misspelt_key_of_the_file_is_found(number: int) -> None:
    lines = list(SERVICE_CENTRE_LINES)
    key = lines[number].split(" = ")[0]
    lines[number] = lines[number].replace(key, f"{key}_x", 1)
    with pytest.raises(ProgrammeInvalid) as refused:
        read_programme("\n".join(lines), file_name="programme.toml", folder=None)
    unknown = [mistake for mistake in refused.value.mistakes if mistake.got == f'"{key}_x"']
    assert len(unknown) == 1
    assert key in unknown[0].expected


@given(st.text(max_size=200))
def test_no_text_breaks_the_reading(text: str) -> None:
    with suppress(ProgrammeInvalid):
        read_programme(text, file_name="programme.toml", folder=None)
