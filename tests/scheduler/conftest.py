"""What tests of the scheduler share: a clock to move, letters that were offered."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from loyalty.programme import Programme, load_programme
from programmes import SERVICE_CENTRE
from storage.outbox import Letter

OWNER_ID = 7_000_000_001


class MovableClock:
    """Business time that a test sets; a Monday noon in Moscow to begin with."""

    def __init__(self, start: datetime = datetime(2027, 2, 1, 9, 0, tzinfo=UTC)) -> None:
        self._now = start

    def now(self) -> datetime:
        return self._now

    def move(self, by: timedelta) -> None:
        self._now += by

    def move_to(self, moment: datetime) -> None:
        self._now = moment


class Postbox:
    """Stands where delivery takes letters from the scheduler."""

    def __init__(self) -> None:
        self.letters: list[Letter] = []

    def offer(self, letters: Sequence[Letter]) -> None:
        self.letters.extend(letters)

    def to(self, chat_id: int) -> list[str | None]:
        return [letter.notice for letter in self.letters if letter.chat_id == chat_id]


@pytest.fixture(scope="session")
def programme() -> Programme:
    return load_programme(SERVICE_CENTRE)


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock()


@pytest.fixture
def postbox() -> Postbox:
    return Postbox()
