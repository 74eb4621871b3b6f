"""What surrounds the chats on the page: the clock, the camera, the languages, files to send.

More of the protocol in `control.py`. In the snapshot and as events:
  {"event": "clock", "now": <ms>, "zone", "journey": {"step", "steps"} | null}
  "first_shown": [<id>, ...] in the snapshot: whose phones lie on the desk at first
  "chapters": [{"title": {"ru", "en"}, "tries": [{"person", "words": {"ru", "en"},
      "text": {"ru", "en"}, "to"}]}] in the snapshot: what a visitor may try
Page to server:
  {"n", "do": "travel", "to": "hour" | "day" | "quarter" | "birthday", "person"?}
      result {"found": false} where the person has told the bot no birthday; with a birthday
      "gift": false where it was told too late for this one
  {"n", "do": "halt"}                                          ends the journey after this step
  {"n", "do": "scan", "person", "file": <id>}    points the camera at a picture
      result {"link": <text> | null, "opened": <bool>}; a link to the bot is opened at once
  {"n", "do": "set_language", "person", "language_code"}       of the person's Telegram
  {"n", "do": "speak", "language_code"}    of all who have not spoken with the bot yet
A file goes to the chat of a person by `POST /play/upload/<person>`, as a form with `file`.
"""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from datetime import UTC, date, datetime, timedelta
from typing import Any

from aiohttp import web

from loyalty.calendar import add_months, local_time
from playground.birthdays import NextBirthday
from playground.camera import Unreadable, read_picture
from playground.clock import Journey, MovableClock, Progress
from playground.control import Control, refuse_strangers
from playground.people import Person
from playground.schema import JSON
from playground.server import LocalTelegram
from playground.views import chat_view

UPLOAD_BYTES_MAX = 10 * 1024 * 1024
QUARTER_MONTHS = 3
LANGUAGES = ("ru", "en")

FindBirthday = Callable[[int], Awaitable[NextBirthday | None]]
OnLanguage = Callable[[int, str], Awaitable[None]]
Spawn = Callable[[Coroutine[Any, Any, None]], object]


class Surroundings:
    """Adds these acts, routes and parts to the control of a local Telegram."""

    def __init__(
        self,
        telegram: LocalTelegram,
        clock: MovableClock,
        journey: Journey,
        *,
        spawn: Spawn,
        find_birthday: FindBirthday,
        on_language: OnLanguage,
    ) -> None:
        self._telegram = telegram
        self._control: Control = telegram.control
        self._clock = clock
        self._journey = journey
        self._spawn = spawn
        self._find_birthday = find_birthday
        self._on_language = on_language
        self.first_shown: list[int] = []
        self.chapters: list[JSON] = []
        # The names that some have in each language, while they have not spoken yet.
        self.names: dict[int, dict[str, str]] = {}
        journey.on_progress = self._tell_clock
        self._control.parts.append(self._part)
        self._control.routes.append(self._add_routes)
        self._control.acts |= {
            "travel": self._travel,
            "halt": self._halt,
            "scan": self._scan,
            "set_language": self._set_language,
            "speak": self._speak,
        }

    def _part(self) -> JSON:
        return {
            "clock": self._clock_view(),
            "first_shown": self.first_shown,
            "chapters": self.chapters,
        }

    # The clock

    def _clock_view(self) -> JSON:
        progress = self._journey.progress
        return {
            "now": int(self._clock.timestamp() * 1000),
            "zone": self._journey.zone.key,
            "journey": None if progress is None else _progress_view(progress),
        }

    def _tell_clock(self) -> None:
        self._control.tell({"event": "clock", **self._clock_view()})

    async def _travel(self, command: JSON) -> JSON:
        to = command["to"]
        if to != "birthday":
            self._spawn(self._journey.to(self._destination(to)))
            return {"found": True}
        birthday = await self._find_birthday(int(command["person"]))
        if birthday is None:
            return {"found": False}
        self._spawn(self._journey.to(birthday.moment))
        return {"found": True, "gift": birthday.has_gift}

    def _destination(self, to: str) -> datetime:
        now = self._clock.now()
        local = local_time(now, self._journey.zone)
        if to == "hour":
            return now + timedelta(hours=1)
        if to == "day":
            return _same_time(local, local.date() + timedelta(days=1))
        if to == "quarter":
            return _same_time(local, add_months(local.date(), QUARTER_MONTHS))
        raise ValueError(f"no such journey: {to!r}")

    async def _halt(self, _command: JSON) -> JSON:
        self._journey.stop()
        return {}

    # The camera

    async def _scan(self, command: JSON) -> JSON:
        person = self._telegram.people[command["person"]]
        stored = self._telegram.backend.files.get(str(command["file"]))
        if stored is None:
            raise ValueError("the picture is gone")
        try:
            text = await asyncio.to_thread(read_picture, stored.content)
        except Unreadable:
            return {"link": None, "opened": False}
        try:
            await person.open_link(text)
        except ValueError:  # it leads elsewhere
            return {"link": text, "opened": False}
        return {"link": text, "opened": True}

    # The languages

    async def _set_language(self, command: JSON) -> JSON:
        self._change_language(
            self._telegram.people[command["person"]], _language(command["language_code"])
        )
        return {}

    async def _speak(self, command: JSON) -> JSON:
        language = _language(command["language_code"])
        for person_id, names in self.names.items():
            person = self._telegram.people[person_id]
            if not person.has_spoken and person.user.language_code != language:
                payload = person.user.payload
                payload["first_name"] = names.get(language, payload["first_name"])
                person.chat.payload["first_name"] = payload["first_name"]
                await self._on_language(person_id, language)
                self._change_language(person, language)
        return {}

    def _change_language(self, person: Person, language: str) -> None:
        person.user.payload["language_code"] = language
        self._tell_person(person)

    # The roles

    def note(self, person: Person, note: str) -> None:
        """Changes what the page calls this person."""
        if person.note != note:
            person.note = note
            self._tell_person(person)

    def _tell_person(self, person: Person) -> None:
        self._control.tell({"event": "person", "chat": chat_view(self._telegram.backend, person)})

    # Files

    def _add_routes(self, app: web.Application) -> None:
        app.router.add_post("/play/upload/{person}", self._upload)

    async def _upload(self, request: web.Request) -> web.Response:
        refuse_strangers(request)
        person = self._telegram.people.get(int(request.match_info["person"]))
        form = await request.post()
        file = form.get("file")
        if person is None or not isinstance(file, web.FileField):
            raise web.HTTPBadRequest
        content = file.file.read(UPLOAD_BYTES_MAX + 1)
        if len(content) > UPLOAD_BYTES_MAX:
            raise web.HTTPRequestEntityTooLarge(UPLOAD_BYTES_MAX, len(content))
        try:
            if file.content_type in ("image/png", "image/jpeg", "image/webp"):
                await person.send_photo(content)
            else:
                await person.send_document(content, file.filename)
        except ValueError as error:
            raise web.HTTPBadRequest(text=str(error)) from None
        return web.Response(status=204)


def _progress_view(progress: Progress) -> JSON:
    return {"step": progress.step, "steps": progress.steps}


def _same_time(local: datetime, day: date) -> datetime:
    return datetime.combine(day, local.timetz()).astimezone(UTC)


def _language(code: object) -> str:
    if code not in LANGUAGES:
        raise ValueError(f"expected one of {', '.join(LANGUAGES)}")
    return str(code)
