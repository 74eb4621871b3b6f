"""Hours of the day, over midnight too, in which something holds: no adverts, odd visits."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from loyalty.calendar import instant_of, local_time


@dataclass(frozen=True)
class QuietHours:
    """From `from_` until just before `to` by the wall clock; equal ends are no window at all."""

    from_: time
    to: time

    def is_quiet(self, now_utc: datetime, zone: ZoneInfo) -> bool:
        """Whether the zone's wall clock stands within the window."""
        clock = local_time(now_utc, zone).time()
        if self.from_ <= self.to:
            return self.from_ <= clock < self.to
        return clock >= self.from_ or clock < self.to

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
