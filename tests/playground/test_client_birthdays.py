"""Where the clock jumps for a client's birthday."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

import programmes
from loyalty.programme import load_programme
from playground.birthdays import NextBirthday, next_birthday
from storage.clients import Client, ClientStatus

PROGRAMME = load_programme(programmes.SERVICE_CENTRE)  # the gift goes out at 10:00 in Moscow
NOW = datetime(2027, 2, 1, 9, 0, tzinfo=UTC)
CLIENT = Client(
    **dict.fromkeys(Client.__dataclass_fields__)  # type: ignore[arg-type]
    | {"id": 1, "status": ClientStatus.ACTIVE, "birthday_told_on": date(2026, 1, 1)}
)


def born(day: int, month: int, told_on: date = date(2026, 1, 1)) -> Client:
    return replace(CLIENT, birthday_day=day, birthday_month=month, birthday_told_on=told_on)


def test_who_has_told_none_has_none() -> None:
    assert next_birthday(PROGRAMME, CLIENT, NOW) is None


@pytest.mark.parametrize(
    ("client", "moment"),
    [
        (born(12, 3), datetime(2027, 3, 12, 7, 1, tzinfo=UTC)),
        (born(31, 1), datetime(2028, 1, 31, 7, 1, tzinfo=UTC)),
        (born(1, 2), datetime(2028, 2, 1, 7, 1, tzinfo=UTC)),  # today's was at ten, an hour ago
        (born(29, 2), datetime(2027, 2, 28, 7, 1, tzinfo=UTC)),
    ],
)
def test_the_clock_jumps_just_past_the_hour_of_the_gift(client: Client, moment: datetime) -> None:
    assert next_birthday(PROGRAMME, client, NOW) == NextBirthday(moment, has_gift=True)


def test_a_birthday_told_too_late_is_said_to_bring_no_gift() -> None:
    late = born(20, 2, told_on=date(2027, 2, 1))
    found = next_birthday(PROGRAMME, late, NOW)
    assert found == NextBirthday(datetime(2027, 2, 20, 7, 1, tzinfo=UTC), has_gift=False)
