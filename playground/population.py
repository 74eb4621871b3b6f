"""Everybody around the bot: people with their phones, groups and channels."""

import itertools
from collections.abc import Callable, Iterable

from playground.backend import Backend
from playground.people import Group, Person
from playground.schema import JSON
from playground.world import ChatKind

FIRST_PERSON_ID = 7_000_000_001  # beyond 32 bits, as many real ones are
FIRST_GROUP_ID = -1_002_000_000_001


class Population:
    """Makes them and knows them by id; `listeners` are told of each new person."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        self.people: dict[int, Person] = {}
        self.groups: dict[int, Group] = {}
        self.listeners: list[Callable[[Person], None]] = []
        self._person_ids = itertools.count(FIRST_PERSON_ID)
        self._group_ids = itertools.count(FIRST_GROUP_ID, -1)

    def person(
        self,
        first_name: str = "Анна",
        *,
        last_name: str | None = None,
        username: str | None = None,
        language_code: str | None = "ru",
        phone: str | None = None,
        birthdate: JSON | None = None,
        id: int | None = None,  # noqa: A002 - Telegram's own name for it
        is_bot: bool = False,
        started: bool = False,
        note: str = "",
    ) -> Person:
        """Adds a person; `started` is one who talked to the bot before, `note` is for the page."""
        person_id = next(self._person_ids) if id is None else id
        payload: JSON = {"id": person_id, "is_bot": is_bot, "first_name": first_name}
        optional = {"last_name": last_name, "username": username, "language_code": language_code}
        payload |= {key: value for key, value in optional.items() if value is not None}
        world = self._backend.world
        chat = world.add_user(payload, birthdate=birthdate)
        chat.started = started
        own_phone = phone or f"+7912{person_id % 10_000_000:07d}"
        person = Person(self._backend, world.users[person_id], chat, own_phone)
        person.note = note
        self.people[person_id] = person
        for listener in self.listeners:
            listener(person)
        return person

    def group(
        self,
        title: str,
        *people: Person,
        username: str | None = None,
        id: int | None = None,  # noqa: A002 - Telegram's own name for it
    ) -> Group:
        """Adds a group with the bot and these people in it."""
        return self._add("supergroup", title, people, username, id)

    def channel(self, title: str, *, username: str | None = None) -> Group:
        """Adds a channel with the bot in it."""
        return self._add("channel", title, (), username, None)

    def _add(
        self,
        kind: ChatKind,
        title: str,
        people: Iterable[Person],
        username: str | None,
        wanted_id: int | None,
    ) -> Group:
        chat_id = next(self._group_ids) if wanted_id is None else wanted_id
        payload: JSON = {"id": chat_id, "title": title}
        if username is not None:
            payload["username"] = username
        chat = self._backend.world.add_chat(payload, kind)
        chat.started = True
        chat.members = {person.id: person.user for person in people}
        group = Group(self._backend, chat)
        self.groups[chat.id] = group
        return group
