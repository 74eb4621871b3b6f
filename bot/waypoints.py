"""Named places that work passes on its way; the crash harness kills the process at them."""

from collections.abc import Callable

Waypoint = Callable[[str], None]

STORED = "inbox: stored"  # updates are committed, the offset has not advanced
HANDLED = "stimulus: handled"  # effects are written, not yet committed
COMMITTED = "stimulus: committed"
SENDING = "delivery: sending"
SENT = "delivery: sent"  # Telegram has it, the mark is not yet committed
MARKED = "delivery: marked"
ACTING = "job: acting"  # what was due is done, not yet committed
ACTED = "job: committed"  # what it queued is not yet offered to delivery
STORING = "inbox: storing"  # inside the transaction that stores what was polled

ALL = (STORING, STORED, HANDLED, COMMITTED, SENDING, SENT, MARKED, ACTING, ACTED)


def unwatched(_name: str) -> None:
    """In ordinary life nothing happens at a waypoint."""
