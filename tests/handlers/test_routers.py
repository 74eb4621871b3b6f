"""The order and the cost of asking routers."""

from collections.abc import Iterator

from aiogram import Router
from aiogram.dispatcher.event.handler import FilterObject

from handlers.routers import routers


def first_filters() -> Iterator[tuple[str, FilterObject]]:
    """Of every handler, the filter that is asked of each update that comes so far."""
    for top in routers():
        for router in (top, *descendants(top)):
            for observer in router.observers.values():
                for handler in observer.handlers:
                    if handler.filters:
                        yield handler.callback.__qualname__, handler.filters[0]


def descendants(router: Router) -> Iterator[Router]:
    for child in router.sub_routers:
        yield child
        yield from descendants(child)


def test_what_every_update_is_asked_is_asked_on_the_loop() -> None:
    """aiogram hands a filter that is no coroutine to a thread: at /balance eight of them were."""
    in_threads = {name for name, asked in first_filters() if not asked.awaitable}
    assert in_threads == set()
