"""All routers, in the order in which they are asked."""

import time

from aiogram import Dispatcher, Router

from handlers import (
    adverts,
    cases,
    client_screens,
    desk_client,
    desk_preview,
    desk_undo,
    desk_visit,
    disputes,
    every_chat,
    feedback,
    guide,
    membership,
    menu,
    merging,
    posters,
    profile,
    registration,
    remedies,
    staff,
    today,
)
from handlers.links import Guesses
from handlers.stimulus import StimulusMiddleware


def routers() -> tuple[Router, ...]:
    """Asked from the first to the last; each one's filters say for whom it is."""
    return (
        every_chat.first,
        membership.router,
        # What is asked for most is asked for first.
        client_screens.router,
        # Whoever takes a /start with a link of their own kind stands before registration.
        staff.joining,
        desk_client.scans,
        registration.router,
        profile.router,
        menu.router,
        # The desk's questions stand behind the menu: its keys are obeyed in mid-dialogue.
        desk_visit.router,
        desk_preview.router,
        merging.router,
        desk_client.router,
        desk_undo.router,
        today.router,
        guide.router,
        staff.router,
        posters.router,
        cases.router,
        remedies.router,
        cases.client_router,
        feedback.router,
        adverts.router,
        disputes.router,
        menu.last,
        every_chat.last,
    )


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
