"""All routers, in the order in which they are asked."""

import time

from aiogram import Dispatcher, Router

from handlers import every_chat
from handlers.links import Guesses
from handlers.stimulus import StimulusMiddleware


def routers() -> tuple[Router, ...]:
    """Asked from the first to the last; each one's filters say for whom it is."""
    return (every_chat.first, every_chat.last)


def build_dispatcher(*, bot_username: str) -> Dispatcher:
    """A new dispatcher with every router under it."""
    dispatcher = Dispatcher(
        disable_fsm=True, bot_username=bot_username, guesses=Guesses(time.monotonic)
    )
    dispatcher.update.outer_middleware(StimulusMiddleware())
    for router in routers():
        # A router can have one parent only; tests build more dispatchers than one.
        router._parent_router = None
        dispatcher.include_router(router)
    return dispatcher
