"""What tests of the scheduler share: a clock to move, letters that were offered."""

from collections.abc import AsyncIterator, Sequence

import pytest

from loyalty.programme import Programme, load_programme
from programmes import SERVICE_CENTRE
from storage.database import Database
from storage.outbox import Letter
from tests.movable_clock import MovableClock


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


@pytest.fixture
async def other(database: Database) -> AsyncIterator[Database]:
    """The same database as another process has it open."""
    url = database.url.set(drivername=database.url.get_backend_name())
    other = Database(url.render_as_string(hide_password=False))
    yield other
    await other.close()
