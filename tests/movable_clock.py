"""Business time that a test sets."""

from datetime import UTC, datetime, timedelta

MONDAY_NOON = datetime(2027, 2, 1, 9, 0, tzinfo=UTC)  # in Moscow


class MovableClock:
    """Stands still until it is moved."""

    def __init__(self, start: datetime = MONDAY_NOON) -> None:
        self._now = start

    def now(self) -> datetime:
        return self._now

    def move(self, by: timedelta) -> None:
        self._now += by

    def move_to(self, moment: datetime) -> None:
        self._now = moment
