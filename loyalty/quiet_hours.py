"""Hours of the day, over midnight too, in which something holds: no adverts, odd visits."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from loyalty.calendar import instant_of, local_time

NIGHT = (23, 0, 1, 2, 3, 4, 5, 6)  # the hours of which the consent to adverts says "never"


@dataclass(frozen=True)
class QuietHours:
    """From `from_` until just before `to` by the wall clock; equal ends are no window at all."""

    from_: time
    to: time

    def is_quiet(self, now_utc: datetime, zone: ZoneInfo) -> bool:
        """Whether the zone's wall clock stands within the window."""
        return self.holds_at(local_time(now_utc, zone).time())

    def holds_at(self, clock: time) -> bool:
        """Whether this time of day lies within the window."""
        if self.from_ <= self.to:
            return self.from_ <= clock < self.to
        return clock >= self.from_ or clock < self.to

    @property
    def cover_the_night(self) -> bool:
        """Whether nobody's sleep, from 23:00 until just before 7:00, is left outside."""
        return all(self.holds_at(time(hour, minute)) for hour in NIGHT for minute in range(60))

    def next_allowed(self, now_utc: datetime, zone: ZoneInfo) -> datetime:
        """This instant if it is not quiet, else the first, in UTC, at which the window has ended.

        The minutes that a clock going back gives once more to the time before `from_` are not used.
        """
        if not self.is_quiet(now_utc, zone):
            return now_utc
        today = local_time(now_utc, zone).date()
        for day in (today + timedelta(days=ahead) for ahead in range(3)):
            shown_again = datetime.combine(day, self.to, zone).replace(fold=1).astimezone(UTC)
            for end in (instant_of(day, self.to, zone), shown_again):
                if end > now_utc and not self.is_quiet(end, zone):
                    return end
        raise AssertionError("a window of the day ends within two days")
