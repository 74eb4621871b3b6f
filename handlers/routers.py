"""All routers, in the order in which they are asked."""

import time

from aiogram import Dispatcher, Router

from handlers import (
    adjustments,
    adverts,
    approvals,
    audit_trail,
    cases,
    challenges,
    client_screens,
    desk_client,
    desk_levels,
    desk_preview,
    desk_redeem,
    desk_return,
    desk_undo,
    desk_visit,
    disputes,
    every_chat,
    feedback,
    guide,
    membership,
    menu,
    merging,
    my_data,
    offers,
    posters,
    profile,
    redemptions,
    registration,
    remedies,
    reward_desk,
    rewards,
    settings,
    staff,
    staff_profile,
    today,
)
from handlers.links import CODE_MISSES_MAX, Guesses
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
        offers.router,
        reward_desk.scans,
        staff_profile.router,
        registration.router,
        profile.router,
        my_data.router,
        rewards.router,
        challenges.router,
        menu.router,
        # The desk's questions stand behind the menu: its keys are obeyed in mid-dialogue.
        # A reward's code is no amount and no client: it is asked before those are.
        reward_desk.router,
        desk_redeem.router,
        desk_visit.router,
        desk_preview.router,
        merging.router,
        desk_client.router,
        desk_levels.router,
        desk_undo.router,
        desk_return.router,
        redemptions.at_desk,
        approvals.router,
        today.router,
        guide.router,
        staff.router,
        posters.router,
        my_data.for_owners,
        adjustments.router,
        audit_trail.router,
        settings.router,
        cases.router,
        remedies.router,
        cases.client_router,
        feedback.router,
        adverts.router,
        disputes.router,
        redemptions.router,
        menu.last,
        every_chat.last,
    )


def build_dispatcher(*, bot_username: str) -> Dispatcher:
    """A new dispatcher with every router under it."""
    dispatcher = Dispatcher(
        disable_fsm=True,
        bot_username=bot_username,
        guesses=Guesses(time.monotonic),
        code_guesses=Guesses(time.monotonic, misses_max=CODE_MISSES_MAX),
    )
    dispatcher.update.outer_middleware(StimulusMiddleware())
    for router in routers():
        # A router can have one parent only; tests build more dispatchers than one.
        router._parent_router = None
        dispatcher.include_router(router)
    return dispatcher
