"""Which database errors pass by themselves, so that the same work may be tried again."""

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

# PostgreSQL's classes: connection exceptions, rollbacks (serialization, deadlock), resources,
# operator intervention, the system's own errors.
_PASSING_SQLSTATE_CLASSES = ("08", "40", "53", "57", "58")
_PASSING_SQLSTATES = (
    "55P03",  # lock_not_available: our lock_timeout
    "25006",  # read_only_sql_transaction: the server has become a standby
)
_PASSING_SQLITE_WORDS = (
    "locked",
    "busy",
    "disk is full",
    "disk i/o error",
    "readonly database",  # remounted so, after the start has looked
    "unable to open",
    "connection closed",
    "no active connection",
    # A full disk rolls the whole transaction back; the way out of a SAVEPOINT then finds none.
    "no such savepoint",
)


def is_passing(error: BaseException) -> bool:
    """True for a failure of the place, not of the work: locked, full, cut off, deadlocked."""
    if isinstance(error, (ConnectionError, TimeoutError, PoolTimeoutError)):
        return True
    if not isinstance(error, DBAPIError):
        return False
    if error.connection_invalidated:
        return True
    sqlstate = getattr(error.orig, "sqlstate", None)
    if sqlstate:
        return sqlstate in _PASSING_SQLSTATES or sqlstate[:2] in _PASSING_SQLSTATE_CLASSES
    words = str(error.orig).lower()
    if isinstance(error, OperationalError):
        return any(part in words for part in _PASSING_SQLITE_WORDS)
    return isinstance(error, InterfaceError) and "closed" in words
