"""The sample business as a database: made once, kept, and brought up to the day at each start.

Two years through the bot's own operations take a while. So the file is kept in the environment
that the demo runs from, under the hash of all that it came about by; each start works on a copy.
"""

import hashlib
import re
import shutil
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import loyalty
import operations
import programmes
import scheduler
import storage
import templates
from loyalty.calendar import business_day
from loyalty.programme import Programme, load_programme
from playground.sample.business import write_programme
from playground.sample.clients import HISTORY_DAYS
from playground.sample.history import History
from playground.sample.plan import plan
from playground.sample.solitude import open_alone
from storage.schema import migrate

KEPT_DAYS_MAX = 21  # an older one would take longer to bring up to the day than to make
HIRED_BEFORE = timedelta(days=30)
_NAME = re.compile(r"sample-([0-9a-f]{16})-([0-9]+)\.db")

OnProgress = Callable[[int, int], None]  # done, of all


def unwatched(_done: int, _of_all: int) -> None:
    """Where nobody looks how far it is."""


@dataclass(frozen=True)
class Kept:
    """A sample made at an earlier start."""

    path: Path
    made_at: datetime


async def build_sample(target: Path, now: datetime, on_progress: OnProgress) -> Path:
    """Puts the sample business, as it is at this moment, into a new SQLite file.

    Returns its programme's file, which it puts beside it.
    """
    kept = find_kept(shelf(), now)
    made_at = now if kept is None else kept.made_at
    path = write_programme(target.parent, made_at.date())
    programme = load_programme(path)
    if kept is None:
        await write_sample(target, programme, now, on_progress=on_progress)
        _keep(target, now)
    else:
        shutil.copy(kept.path, target)
        await continue_sample(target, programme, made_at, now, on_progress=on_progress)
    return path


async def write_sample(
    file: Path,
    programme: Programme,
    now: datetime,
    *,
    newest_days: int = HISTORY_DAYS,
    on_progress: OnProgress = unwatched,
) -> None:
    """Plays everything, or of the crowd only those who came within so many days."""
    zone = programme.business.timezone
    story = plan(business_day(now, zone), now, zone, newest_days)
    async with _history(file, programme) as history:
        await history.begin(story[0].at - HIRED_BEFORE)
        await history.play(story, lambda done: on_progress(done, len(story)))


async def continue_sample(
    file: Path,
    programme: Programme,
    made_at: datetime,
    now: datetime,
    *,
    newest_days: int = HISTORY_DAYS,
    on_progress: OnProgress = unwatched,
) -> None:
    """Plays what has happened since it was made; the story goes on as it was begun."""
    zone = programme.business.timezone
    whole = plan(business_day(made_at, zone), now, zone, newest_days)
    story = [happening for happening in whole if happening.at >= made_at]
    async with _history(file, programme) as history:
        await history.play(story, lambda done: on_progress(done, len(story)))


@asynccontextmanager
async def _history(file: Path, programme: Programme) -> AsyncIterator[History]:
    database = open_alone(file)
    try:
        await migrate(database)
        yield History(database, programme)
    finally:
        await database.close()


def shelf() -> Path:
    """Where samples are kept: in the virtual environment, gone with it."""
    return Path(sys.prefix) / "var" / "svoi"


def find_kept(folder: Path, now: datetime) -> Kept | None:
    """The sample that this very code made, if it is not too old."""
    fingerprint = _fingerprint()
    for path in folder.glob("sample-*.db"):
        named = _NAME.fullmatch(path.name)
        if named is None or named[1] != fingerprint:
            continue
        made_at = datetime.fromtimestamp(int(named[2]), UTC)
        if timedelta() <= now - made_at <= timedelta(days=KEPT_DAYS_MAX):
            return Kept(path, made_at)
    return None


def _keep(made: Path, made_at: datetime) -> None:
    """Puts a copy on the shelf in place of the old ones; without a writable shelf, nowhere."""
    try:
        shelf().mkdir(parents=True, exist_ok=True)
        for old in shelf().glob("sample-*.db"):
            old.unlink()
        name = f"sample-{_fingerprint()}-{int(made_at.timestamp())}.db"
        copy = shelf() / f"{name}.new"
        shutil.copy(made, copy)
        copy.rename(shelf() / name)
    except OSError:
        return


def _fingerprint() -> str:
    """What made it: other rules, another programme or another schema make another sample."""
    digest = hashlib.sha256()
    roots = [Path(__file__).parent]
    for package in (loyalty, operations, programmes, scheduler, storage, templates):
        roots += [Path(place) for place in package.__path__]
    for root in roots:
        for path in sorted(root.rglob("*")):
            if path.suffix in (".py", ".toml", ".txt"):
                digest.update(path.name.encode())
                digest.update(path.read_bytes())
    return digest.hexdigest()[:16]
