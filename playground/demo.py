"""The demo: the whole bot in a page of the browser, with a sample business and a movable clock.

The bot is composed as `svoi run` composes it; it gets an address and a clock, nothing else.
"""

import asyncio
import errno
import socket
from collections.abc import Callable
from pathlib import Path

from aiogram.methods import SetMyCommands
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.app import App
from bot.settings import Listen, Settings
from handlers.commands import commands_of, role_commands
from loyalty.programme import Programme, load_programme
from operations.profile import set_language, set_name
from operations.transaction import Tx
from playground.birthdays import NextBirthday, next_birthday
from playground.calls import Call
from playground.clock import Journey, MovableClock
from playground.errands import Errands
from playground.method_profile import set_my_commands
from playground.sample.cast import (
    COLLEAGUES,
    FIRST_SHOWN,
    OWNER,
    STRANGER_ID,
    STRANGER_NAMES,
    STRANGER_PHONE,
    STRANGERS,
    Colleague,
)
from playground.sample.heroes import HEROES, Hero, sample_clients
from playground.sample.tries import CHAPTERS
from playground.server import HOST, LocalTelegram
from playground.surroundings import LANGUAGES, Surroundings
from playground.world import Keep
from storage import clients, people, staff
from storage.clients import Client
from storage.people import Role

PAGE = Path(__file__).parent / "page"
BOT_USERNAME = "svoi_demo_bot"
_TEAM = frozenset(role.code for role in Role)
KEEP = Keep(messages_per_chat=1_000, calls=1_000, file_bytes=256 * 1024 * 1024, updates=1_000)


class PortTaken(Exception):
    """Something else listens on the port."""

    def __init__(self, port: int) -> None:
        super().__init__(port)
        self.port = port


def check_port(port: int) -> None:
    """Raises `PortTaken` early, before anything else was done for nothing."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            raise PortTaken(port) from error


class Demo:
    """A local Telegram with its people, the bot, and the clock that both live by."""

    def __init__(self, database: Path, programme: Path, port: int) -> None:
        self._programme_file = programme
        self.programme: Programme = load_programme(programme)
        self.clock = MovableClock()
        self.telegram = LocalTelegram(
            port=port,
            bot_username=BOT_USERNAME,
            bot_name=self.programme.business.name,
            keep=KEEP,
            page=PAGE,
        )
        self.telegram.world.clock = self.clock.timestamp
        self._database = database
        self._app: App | None = None
        self._errands = Errands()
        self._notes: dict[int, str] = {}  # what each was at first
        self.journey = Journey(self.clock, self.programme.business.timezone, self.settle)
        self._surroundings = Surroundings(
            self.telegram,
            self.clock,
            self.journey,
            spawn=self._errands.run,
            find_birthday=lambda person: self._errands.run(self._find_birthday(person)),
            on_language=lambda person, to: self._errands.run(self._speak_with(person, to)),
        )

    async def run(self, stopping: asyncio.Event, on_open: Callable[[], None]) -> None:
        """Serves the page and runs the bot until `stopping`; tells once both are up.

        Raises:
            PortTaken: something else listens there.
        """
        self._app = App(self._settings(), self.clock)
        await self._meet_people(self._app)
        try:
            await self.telegram.come_up()
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise PortTaken(self.telegram.port) from None
            raise
        try:
            async with asyncio.TaskGroup() as tasks:
                run = tasks.create_task(self._run_bot(self._app, stopping))
                started = tasks.create_task(self._app.started())
                await asyncio.wait((run, started), return_when=asyncio.FIRST_COMPLETED)
                if started.done():
                    on_open()
                started.cancel()
        finally:
            await self.telegram.close()

    async def _run_bot(self, app: App, stopping: asyncio.Event) -> None:
        bot_stopping = asyncio.Event()
        async with asyncio.TaskGroup() as tasks:
            run = tasks.create_task(app.run(bot_stopping))
            stop = tasks.create_task(stopping.wait())
            await asyncio.wait((run, stop), return_when=asyncio.FIRST_COMPLETED)
            stop.cancel()
            # Before the database is closed: nobody would close what they open afterwards.
            await self._errands.end()
            bot_stopping.set()

    def _settings(self) -> Settings:
        """Whatever the environment says, the demo speaks with nobody but its own Telegram."""
        return Settings(
            _env_file=None,  # type: ignore[call-arg]
            bot_token=self.telegram.token,
            telegram_api=self.telegram.base_url,
            database_url=f"sqlite:///{self._database}",
            programme=self._programme_file,
            owner_ids=frozenset({OWNER.telegram_id}),
            webhook_url=None,
            webhook_secret=None,
            webhook_listen=Listen("127.0.0.1", 8081),
        )

    # People

    async def _meet_people(self, app: App) -> None:
        """Everybody gets a phone; those who know the bot can be written to."""
        self.telegram.person(
            STRANGER_NAMES["ru"], id=STRANGER_ID, phone=STRANGER_PHONE, note="stranger"
        )
        self._surroundings.names[STRANGER_ID] = STRANGER_NAMES
        for colleague in COLLEAGUES:
            self.telegram.person(
                colleague.names["ru"],
                id=colleague.telegram_id,
                phone=colleague.phone,
                started=True,
                note=f"{colleague.role.code}|{colleague.branch}"
                if colleague.branch
                else colleague.role.code,
            )
            self._surroundings.names[colleague.telegram_id] = colleague.names
            self._remember_commands(colleague)
        for stranger in STRANGERS:
            self.telegram.person(
                stranger.name,
                id=stranger.telegram_id,
                phone=stranger.phone,
                language_code=stranger.language,
                note="stranger",
            )
            if stranger.english_name is not None:
                names = {"ru": stranger.name, "en": stranger.english_name}
                self._surroundings.names[stranger.telegram_id] = names
        await self._meet_clients(app)
        self._surroundings.first_shown = list(FIRST_SHOWN)
        self._notes = {person.id: person.note for person in self.telegram.people.values()}
        self.telegram.backend.profile_listeners.append(self._note_roles)
        self._surroundings.chapters = [chapter.view() for chapter in CHAPTERS]

    def _note_roles(self) -> None:
        """Whoever joined the team or left it is called so: the menu of their chat tells."""
        of_menu = {commands_of(self.programme, role): role for role in Role}
        menus = self.telegram.backend.profile.commands
        for person in self.telegram.people.values():
            menu = menus.get(("chat", person.id, 0, ""), ())
            role = of_menu.get(tuple(str(command["command"]) for command in menu))
            known = self._notes.setdefault(person.id, person.note)
            was = known.split("|")[0]
            if role is not None:
                self._surroundings.note(person, known if was == role.code else role.code)
            else:
                self._surroundings.note(person, "stranger" if was in _TEAM else known)

    def _remember_commands(self, colleague: Colleague) -> None:
        """Telegram still knows what the bot set in this chat on the day when they joined."""
        for call in role_commands(self.programme, colleague.telegram_id, colleague.role):
            assert isinstance(call, SetMyCommands), "nobody of them leaves"
            params = {
                "commands": [command.model_dump() for command in call.commands],
                "scope": {"type": "chat", "chat_id": colleague.telegram_id},
                "language_code": call.language_code or "",
            }
            set_my_commands(self.telegram.backend, Call("setMyCommands", params))

    async def _meet_clients(self, app: App) -> None:
        async with app.database.read() as db:
            for known in sample_clients():
                client = await clients.by_telegram_id(db, known.telegram_id)
                if client is None:
                    continue  # the tests' sample is a short one
                self.telegram.person(
                    known.name,
                    id=known.telegram_id,
                    phone=known.phone,
                    language_code=known.language,
                    started=True,
                    note="|".join(("client", *self._tier_names(client))),
                )
            for hero in HEROES:
                await self._meet_hero(app, db, hero)

    async def _meet_hero(self, app: App, db: AsyncConnection, hero: Hero) -> None:
        """Somebody to become at a click; until they speak they do so in the page's language."""
        client = await clients.by_telegram_id(db, hero.client.telegram_id)
        if client is None:
            return
        tiers = dict(zip(LANGUAGES, self._tier_names(client), strict=False))
        told = {
            language: " · ".join(
                (tiers[language], app.renderer.words(language).points(client.balance), shows)
            )
            for language, shows in hero.shows.items()
        }
        person = self.telegram.people[hero.client.telegram_id]
        person.note = "|".join(("hero", told["ru"], told["en"]))
        self._surroundings.names[person.id] = hero.names

    async def _speak_with(self, person_id: int, language: str) -> None:
        """The language, and the name in it, of somebody who has said nothing here yet."""
        assert self._app is not None, "the page opens after the bot was made"
        name = self._surroundings.names[person_id][language]
        async with self._app.database.write() as db:
            tx = Tx(db, self.clock.now(), self.programme)
            client = await clients.by_telegram_id(db, person_id)
            if client is not None:
                await set_language(tx, client=client, language=language)
                await set_name(tx, client_id=client.id, name=name)
            else:
                await people.choose_language(db, person_id, language)
            member = await staff.working(db, person_id)
            if member is not None:
                await staff.hire(
                    db,
                    telegram_id=person_id,
                    name=name,
                    role=member.role,
                    branch=member.branch,
                    invited_by=OWNER.telegram_id,
                    now=member.joined_at,
                )

    def _tier_names(self, client: Client) -> tuple[str, ...]:
        level = self.programme.tiers.level(client.tier)
        return () if level is None else (level.name.of("ru"), level.name.of("en"))

    # The clock

    async def settle(self) -> None:
        """Returns once the bot has done all that it was asked and all that is due."""
        assert self._app is not None, "the page opens after the bot was made"
        await self.telegram.updates.emptied()
        await self._app.settle()

    async def _find_birthday(self, person_id: int) -> NextBirthday | None:
        assert self._app is not None, "the page opens after the bot was made"
        async with self._app.database.read() as db:
            client = await clients.by_telegram_id(db, person_id)
        if client is None:
            return None
        return next_birthday(self.programme, client, self.clock.now())
