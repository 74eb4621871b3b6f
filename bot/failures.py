"""What stops the start, or the run, said in one line that somebody can act on."""

import os
from pathlib import Path

from bot.telegram import TelegramRefused, TokenRevoked
from storage.database import driver_url


class DatabaseUnusable(Exception):
    """The database cannot be opened for writing: why."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def check_database(url: str) -> None:
    """Raises DatabaseUnusable for a file that cannot be written, or a server that is not there."""
    parsed = driver_url(url)
    if parsed.get_backend_name() != "sqlite":
        return
    file = Path(parsed.database or "")
    folder = file.parent
    if not folder.is_dir():
        raise DatabaseUnusable(f"the folder {folder} does not exist")
    target = file if file.exists() else folder
    if not os.access(target, os.W_OK) or not os.access(folder, os.W_OK):
        raise DatabaseUnusable(f"{target} is read-only")


def explain_stop(stopped_by: Exception) -> str | None:
    """One line for a failure that has a name; None for a fault of ours."""
    for error in _leaves(stopped_by):
        if isinstance(error, TokenRevoked) or (
            isinstance(error, TelegramRefused) and error.code in (401, 404)
        ):
            return "SVOI_BOT_TOKEN: Telegram does not know this token; take a new one at @BotFather"
    return None


def _leaves(error: BaseException) -> list[BaseException]:
    if not isinstance(error, BaseExceptionGroup):
        return [error]
    return [leaf for part in error.exceptions for leaf in _leaves(part)]
