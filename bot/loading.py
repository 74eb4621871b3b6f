"""What a start costs: imports make 300,000 objects, all of which live as long as the process."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def loading() -> Iterator[None]:
    """While this is open nothing is looked for among them, and afterwards never again.

    The collector would walk them all several times while they are made, for nothing, and once
    more at each full collection later on, while people wait for an answer.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()
