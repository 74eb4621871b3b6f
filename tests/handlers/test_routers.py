"""Every handler of every router: what it is asked, what it is given, whom it lets in."""

import inspect
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import pytest
from aiogram import Bot, Router
from aiogram.dispatcher.event.handler import FilterObject, HandlerObject
from aiogram.filters import Command
from aiogram.types import Update

from handlers.client_filters import IsClient
from handlers.links import Opens
from handlers.roles import Has
from handlers.routers import build_dispatcher, routers
from handlers.stimulus import Stimulus
from handlers.taps import Tapped
from operations.in_force import InForce
from operations.transaction import Tx
from programmes import SERVICE_CENTRE
from storage.database import Database
from templates.rendering import Renderer
from tests.operations.conftest import NOW

# Whom a router or a handler lets in: by what the database says at this stimulus.
AUTHORISING = (Has, IsClient)

# Routers that have handlers for anybody, and why that is right.
OPEN_TO_ANYBODY = {
    "every chat, first": "/cancel answers everybody",
    "membership": "Telegram tells who blocked the bot; nothing is answered",
    "joining the team": "whoever opens an invitation is on no list yet; the code is the right",
    "registration": "strangers become clients here",
    "menu": "/help answers everybody, with what is theirs",
    "menu, last": "words that nobody waited for",
    "cases, the client's side": "a case of a phone is a stranger's; the operation asks whose it is",
    "every chat, last": "the unknown command and the unknown button",
}

# What a filter adds to what its handler is given.
ADDED_BY_FILTER: dict[type, set[str]] = {Command: {"command"}, Opens: {"link"}, Tapped: {"tap"}}

# Given at times only: whoever takes it needs a default.
AT_TIMES = {"ended_state"}


class Registered(NamedTuple):
    """A handler where it is registered, with the filters of its router."""

    router: Router
    kind: str  # of event
    handler: HandlerObject
    shared: list[FilterObject]

    @property
    def name(self) -> str:
        return f"{self.router.name}: {self.handler.callback.__qualname__}"

    @property
    def filters(self) -> list[FilterObject]:
        return [*self.shared, *(self.handler.filters or ())]


def registered() -> list[Registered]:
    return [
        Registered(router, kind, handler, list(observer._handler.filters or ()))
        for top in routers()
        for router in (top, *descendants(top))
        for kind, observer in router.observers.items()
        for handler in observer.handlers
    ]


def descendants(router: Router) -> Iterator[Router]:
    for child in router.sub_routers:
        yield child
        yield from descendants(child)


def first_filters() -> Iterator[tuple[str, FilterObject]]:
    """Of every handler, the filter that is asked of each update that comes so far."""
    for found in registered():
        if found.handler.filters:
            yield found.handler.callback.__qualname__, found.handler.filters[0]


def test_what_every_update_is_asked_is_asked_on_the_loop() -> None:
    """aiogram hands a filter that is no coroutine to a thread: at /balance eight of them were."""
    in_threads = {name for name, asked in first_filters() if not asked.awaitable}
    assert in_threads == set()


def test_every_handler_has_a_filter_that_authorises_or_its_router_is_known_to_be_open() -> None:
    unguarded: dict[str, set[str]] = {}
    for found in registered():
        if not any(isinstance(asked.callback, AUTHORISING) for asked in found.filters):
            unguarded.setdefault(found.router.name, set()).add(found.name)
    unexpected = {name: kept for name, kept in unguarded.items() if name not in OPEN_TO_ANYBODY}
    assert unexpected == {}, "give the router a filter, or say why it is open"
    assert set(OPEN_TO_ANYBODY) == set(unguarded), "a router that is open no more"


def test_every_tap_that_is_taken_is_of_one_declared_kind() -> None:
    """A handler of taps without `Tapped` would take whatever was forged."""
    loose = {
        found.name
        for found in registered()
        if found.kind == "callback_query"
        and not any(isinstance(asked.callback, Tapped) for asked in found.filters)
    }
    assert loose == {"every chat, last: unknown_tap"}


@pytest.fixture
def database_kind() -> str:
    """What a handler is given does not depend on the database."""
    return "sqlite"


async def test_every_handler_and_filter_is_given_what_it_asks_for(database: Database) -> None:
    given = {
        "message": await given_to(database, "message", message("/start")),
        "callback_query": await given_to(database, "callback_query", tap("junk")),
        "my_chat_member": await given_to(database, "my_chat_member", membership()),
    }
    given["error"] = given["message"]
    for found in registered():
        has = given[found.kind].copy()
        for asked in found.filters:
            called: Callable[..., Any] = asked.callback
            assert missing(called, has) == set(), f"{found.name}, its {called}"
            has |= ADDED_BY_FILTER.get(type(called), set())
        assert missing(found.handler.callback, has) == set(), found.name


def missing(called: Callable[..., Any], given: set[str]) -> set[str]:
    """The parameters after the event that nobody provides; with a default a known name will do."""
    parameters = list(inspect.signature(inspect.unwrap(called)).parameters.values())[1:]
    return {
        parameter.name
        for parameter in parameters
        if parameter.kind not in (parameter.VAR_KEYWORD, parameter.VAR_POSITIONAL)
        and parameter.name not in given
        and (parameter.default is parameter.empty or parameter.name not in AT_TIMES)
    }


async def given_to(database: Database, kind: str, update: dict[str, Any]) -> set[str]:
    """The names under which a handler of this kind of event is given anything."""
    seen: set[str] = set()

    async def look(event: object, **data: Any) -> None:
        seen.update(data)

    probe = Router(name="probe")
    probe.observers[kind].register(look)
    dispatcher = build_dispatcher(bot_username="svoi_bot")
    dispatcher.include_router(probe)
    dispatcher.sub_routers.insert(0, dispatcher.sub_routers.pop())
    in_force = InForce.load(SERVICE_CENTRE)
    programme = in_force.programme
    business = programme.business
    renderer = Renderer(business.currency, business.minor_digits, business.timezone, lambda: NOW)
    async with database.write() as db:
        stimulus = Stimulus(Tx(db, NOW, programme), renderer, frozenset(), in_force)
        bot = Bot("42:TEST")
        await dispatcher.feed_update(bot, Update.model_validate(update), stimulus=stimulus)
    assert seen, "the probe was asked"
    return seen


ANNA = {"id": 7, "is_bot": False, "first_name": "Анна", "language_code": "ru"}
CHAT = {"id": 7, "type": "private", "first_name": "Анна"}


def message(text: str) -> dict[str, Any]:
    said = {"message_id": 1, "date": 0, "chat": CHAT, "from": ANNA, "text": text}
    return {"update_id": 1, "message": said}


def tap(data: str) -> dict[str, Any]:
    tapped = {"id": "1", "from": ANNA, "chat_instance": "1", "data": data}
    return {"update_id": 1, "callback_query": tapped}


def membership() -> dict[str, Any]:
    bot = {"id": 42, "is_bot": True, "first_name": "Svoi"}
    old, new = {"status": "member", "user": bot}, {"status": "left", "user": bot}
    changed = {"chat": CHAT, "from": ANNA, "date": 0}
    return {
        "update_id": 1,
        "my_chat_member": changed | {"old_chat_member": old, "new_chat_member": new},
    }
