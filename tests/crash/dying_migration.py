"""`svoi migrate`, killed with SIGKILL as it is about to execute a statement with these words in it:

python -m tests.crash.dying_migration "CREATE TABLE ledger_entries"
"""

import os
import signal
import sys

from sqlalchemy import Engine, event

from bot.cli import app

WORDS = sys.argv[1]


@event.listens_for(Engine, "before_cursor_execute")
def die(connection: object, cursor: object, statement: str, *_: object) -> None:
    if WORDS in " ".join(statement.split()):
        os.kill(os.getpid(), signal.SIGKILL)


app(["migrate"])
