"""The programme's file as values: the preset, the defaults, exact numbers."""

from datetime import date, time
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalty.programme import (
    BadgeMeasure,
    BadgeRule,
    Programme,
    QualifyBy,
    Review,
    Score,
    Text,
    load_partner_codes,
)
from loyalty.quiet_hours import QuietHours
from tests.loyalty.programme_files import level_of, programme_of


def test_the_service_centre_is_read_whole(programme: Programme) -> None:
    assert programme.business.name == "Мастер"
    assert programme.business.timezone == ZoneInfo("Europe/Moscow")
    assert programme.business.languages == ("ru", "en")
    assert programme.business.branches == ("Центр", "Вокзал")
    assert programme.business.margin_percent == 40
    assert [service.code for service in programme.services] == ["repair", "filter", "certificate"]
    assert programme.services[1].remind_days == 180
    assert programme.services[2].excluded
    assert (programme.points.value, programme.points.welcome) == (100, 100)
    assert programme.points.warn_days == (30, 7, 1)
    assert programme.earning.steps[0].bill_from == 1_000_000
    assert programme.redeeming.max_share_percent == 30


def test_the_service_centres_tiers_are_read_with_money_in_minor_units(
    programme: Programme,
) -> None:
    tiers = programme.tiers
    assert (tiers.qualify_by, tiers.review, tiers.stated) == (QualifyBy.SPEND, Review.MONTHLY, True)
    assert [level.from_ for level in tiers.levels] == [0, 3_000_000, 10_000_000, None]
    assert level_of(programme, "gold").discount_percent == 3
    assert level_of(programme, "vip").invitation_only
    assert level_of(programme, "vip").perks == ("priority", "courier", "personal_manager")
    assert tiers.level("bronze") is None


def test_the_service_centres_offers_are_read(programme: Programme) -> None:
    (promotion,) = programme.promotions
    assert (promotion.from_, promotion.to) == (date(2027, 2, 1), date(2027, 4, 30))
    assert promotion.weekdays == {1}
    assert promotion.multiply == 2
    assert promotion.add is None
    assert programme.stamps[0].every == 10
    assert programme.badges[2].rule == BadgeRule(BadgeMeasure.BILL, 2_000_000)
    assert programme.rewards[0].stock is None
    assert programme.rewards[1].stock == 20
    assert programme.challenges[0].score is Score.VISITS
    assert programme.challenges[0].prizes == (1_000, 500, 300)


def test_the_service_centres_occasions_are_read(programme: Programme) -> None:
    assert programme.referral is not None
    assert programme.referral.qualifying_bill == 50_000
    assert programme.birthday is not None
    assert programme.birthday.points_by_tier == {"gold": 500, "platinum": 1_000}
    assert programme.birthday.send_at == time(10)
    assert programme.win_back is not None
    assert programme.win_back.interval_factor == 2
    assert programme.adverts.quiet_hours == QuietHours(time(21), time(9))
    assert programme.desk.approve_above == 5_000_000
    assert programme.desk.odd_hours == QuietHours(time(22), time(8))
    assert programme.feedback.ask_after_hours == 3


def test_the_service_centres_partner_has_codes_each_once(programme: Programme) -> None:
    codes = load_partner_codes(programme, programme.partners[0])
    assert len(codes) == len(set(codes)) == 20


def test_a_name_alone_makes_a_programme_that_gives_nothing_away() -> None:
    programme = programme_of("")
    business = programme.business
    assert (business.currency, business.languages, business.phone_region) == ("RUB", ("ru",), "RU")
    assert business.timezone == ZoneInfo("Europe/Moscow")
    assert business.branches == ("Кафе",)
    assert business.margin_percent is None
    assert programme.referral is None
    assert programme.birthday is None
    assert programme.win_back is None
    assert programme.earning.cashback_percent == 0
    assert programme.points.welcome == 0
    assert programme.actions.review == programme.feedback.apology_points_max == 0
    assert not programme.badges
    assert not programme.rewards
    (level,) = programme.tiers.levels
    assert level.name == Text({"ru": "Кафе"})
    assert level.discount_percent == 0


def test_a_section_that_is_there_but_empty_is_on_with_its_defaults() -> None:
    programme = programme_of("[referral]\n[birthday]\n[win_back]\n")
    assert programme.referral is not None
    assert programme.referral.monthly_cap == 10
    assert programme.birthday is not None
    assert (programme.birthday.valid_days, programme.birthday.points) == (14, 0)
    assert programme.win_back is not None
    assert programme.win_back.after_days == 90


def test_percents_and_factors_are_read_exactly() -> None:
    programme = programme_of(
        '[earning]\ncashback_percent = 0.1\n[redeeming]\nmax_share_percent = "33.3333"\n'
        "[win_back]\ninterval_factor = 1.7\n"
    )
    assert programme.earning.cashback_percent == Fraction(1, 10)
    assert programme.redeeming.max_share_percent == Fraction(333_333, 10_000)
    assert programme.win_back is not None
    assert programme.win_back.interval_factor == Fraction(17, 10)


@given(st.integers(0, 1_000_000))
def test_every_percent_of_four_decimals_is_read_exactly(ten_thousandths: int) -> None:
    whole, decimals = divmod(ten_thousandths, 10_000)
    programme = programme_of(f"[earning]\ncashback_percent = {whole}.{decimals:04}\n")
    assert programme.earning.cashback_percent == Fraction(ten_thousandths, 10_000)


@pytest.mark.parametrize(
    ("currency", "written", "minor"),
    [
        ("RUB", "500", 50_000),
        ("RUB", "500.5", 50_050),
        ("JPY", "500", 500),
        ("KWD", "5.125", 5_125),
    ],
)
def test_money_is_read_in_the_currencys_own_minor_units(
    currency: str, written: str, minor: int
) -> None:
    programme = programme_of(
        f"[referral]\nqualifying_bill = {written}\n",
        business=f'[business]\nname = "Café"\ncurrency = "{currency}"\n',
    )
    assert programme.referral is not None
    assert programme.referral.qualifying_bill == minor
    assert programme.points.value == 10**programme.business.minor_digits


def test_a_single_line_is_a_text_in_every_language() -> None:
    programme = programme_of(
        '[[services]]\ncode = "spa"\nname = "SPA"\n',
        business='[business]\nname = "Salon"\nlanguages = ["en", "ru"]\n',
    )
    assert programme.services[0].name == {"en": "SPA", "ru": "SPA"}


def test_a_language_that_is_not_listed_may_keep_its_words() -> None:
    programme = programme_of('[[services]]\ncode = "cut"\nname = { ru = "Стрижка", en = "Cut" }\n')
    assert programme.services[0].name.of("en") == "Cut"
    assert programme.business.languages == ("ru",)


def test_a_language_without_words_falls_back_to_the_first() -> None:
    assert Text({"ru": "Ремонт", "en": "Repair"}).of("de") == "Ремонт"
    with pytest.raises(ValueError, match="language"):
        Text({})


def test_steps_may_be_written_in_any_order() -> None:
    programme = programme_of(
        "[[earning.step]]\nbill_from = 900\ncashback_percent = 9\n"
        "[[earning.step]]\nbill_from = 100\ncashback_percent = 1\n"
    )
    assert [step.bill_from for step in programme.earning.steps] == [10_000, 90_000]


def test_tables_may_be_written_inline() -> None:
    programme = programme_of(
        'services = [ { code = "cut", name = "Cut" } ]\n',
        business='business = { name = "Кафе" }\n',
    )
    assert programme.business.name == "Кафе"
    assert programme.service("cut") == programme.services[0]


def test_a_time_may_be_tomls_own() -> None:
    programme = programme_of("[birthday]\nsend_at = 09:30:00\n")
    assert programme.birthday is not None
    assert programme.birthday.send_at == time(9, 30)
