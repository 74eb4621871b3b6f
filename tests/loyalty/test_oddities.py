"""Rule 23: what makes an owner look twice at a visit."""

from dataclasses import replace
from datetime import UTC, datetime, time

import pytest

from loyalty.oddities import ODD_SIZE_TIMES, Oddity, oddities
from loyalty.programme import Programme
from loyalty.quiet_hours import QuietHours

NOON = datetime(2027, 2, 1, 9, 0, tzinfo=UTC)  # in Moscow
LATE = datetime(2027, 2, 1, 19, 30, tzinfo=UTC)  # half past ten there
BILL = 1_000_00


@pytest.mark.parametrize(
    ("at", "visits_today", "bill", "usual", "found"),
    [
        (NOON, 1, BILL, BILL, ()),
        (NOON, 3, BILL, BILL, ()),
        (NOON, 4, BILL, BILL, (Oddity.TOO_MANY,)),
        (LATE, 1, BILL, BILL, (Oddity.ODD_HOUR,)),
        (NOON, 1, BILL * ODD_SIZE_TIMES - 1, BILL, ()),
        (NOON, 1, BILL * ODD_SIZE_TIMES, BILL, (Oddity.ODD_SIZE,)),
        (NOON, 1, BILL * ODD_SIZE_TIMES, None, ()),
        (LATE, 9, BILL * 50, BILL, (Oddity.TOO_MANY, Oddity.ODD_HOUR, Oddity.ODD_SIZE)),
    ],
)
def test_rule_23_says_all_that_is_odd_about_a_visit(
    programme: Programme,
    at: datetime,
    visits_today: int,
    bill: int,
    usual: int | None,
    found: tuple[Oddity, ...],
) -> None:
    assert (
        oddities(programme, at=at, visits_today=visits_today, bill=bill, usual_bill=usual) == found
    )


def test_rule_23_odd_hours_are_read_by_the_business_s_own_clock(programme: Programme) -> None:
    early = replace(programme.desk, odd_hours=QuietHours(time(8), time(13)))
    changed = replace(programme, desk=early)
    assert oddities(changed, at=NOON, visits_today=1, bill=BILL, usual_bill=None) == (
        Oddity.ODD_HOUR,
    )
