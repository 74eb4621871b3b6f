"""Days, months and the instants at which they begin in a zone."""

import calendar
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo


def add_months(day: date, months: int) -> date:
    """The same day so many months on, or that month's last: 31 January + 1 = 28 February."""
    year, month_index = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = calendar.monthrange(year, month_index + 1)[1]
    return date(year, month_index + 1, min(day.day, last))


def business_day(now_utc: datetime, zone: ZoneInfo) -> date:
    """Which day it is in the zone at this aware instant."""
    return local_time(now_utc, zone).date()


def local_time(now_utc: datetime, zone: ZoneInfo) -> datetime:
    """The zone's wall clock at this aware instant; refuses a naive one."""
    if now_utc.tzinfo is None:
        raise ValueError("an instant without a zone")
    return now_utc.astimezone(zone)


def month_starts(day: date) -> date:
    """The first day of this day's month."""
    return day.replace(day=1)


def day_starts(day: date, zone: ZoneInfo) -> datetime:
    """The instant, in UTC, at which the day begins in the zone."""
    return instant_of(day, time(), zone)


def day_ends(day: date, zone: ZoneInfo) -> datetime:
    """The instant, in UTC, at which the next day begins: the first that the day no longer has."""
    return day_starts(day + timedelta(days=1), zone)


def instant_of(day: date, at: time, zone: ZoneInfo) -> datetime:
    """The first instant, in UTC, when the zone's wall clock shows this or is already past it.

    Of an hour that comes twice the first counts; an hour that the clocks skip begins where the
    gap ends.
    """
    shown = datetime.combine(day, at)
    before = shown.replace(tzinfo=zone, fold=0).astimezone(UTC)
    if before.astimezone(zone).replace(tzinfo=None) == shown:
        return before
    after = shown.replace(tzinfo=zone, fold=1).astimezone(UTC)
    return _gap_ends(after, before, zone)


def _gap_ends(low: datetime, high: datetime, zone: ZoneInfo) -> datetime:
    """The instant between the two at which the offset jumps, to the second."""
    offset_after = high.astimezone(zone).utcoffset()
    while high - low > timedelta(seconds=1):
        middle = low + timedelta(seconds=(high - low) // timedelta(seconds=2))
        if middle.astimezone(zone).utcoffset() == offset_after:
            high = middle
        else:
            low = middle
    return high
