"""The page's way in: what people see and do, over one WebSocket on the server's own port.

Protocol, JSON both ways, at `ws://127.0.0.1:<port>/play/ws`.

Server to page:
  {"event": "snapshot", "bot": {"id", "username", "name"}, "chats": [<chat>, ...]}   first of all
  {"event": "person", "chat": <chat>}                       somebody was added
  {"event": "message" | "edited", "chat": <id>, "message": <message>}
  {"event": "deleted", "chat": <id>, "message_id": <id>}
  {"event": "keyboard", "chat": <id>, "keyboard": <keyboard> | null}
  {"event": "answer", "chat": <id>, "person_id", "text", "show_alert", "url"}   of a tap
  {"event": "pinned", "chat": <id>, "message_ids": [...]}
  {"event": "action", "chat": <id>, "action": "typing"}
  {"event": "membership", "chat": <id>, "blocked": <bool>}
  {"event": "commands", "chat": <id>, "commands": [{"command", "description"}], "menu_button"}
  and what an owner of this server adds (`acts`, `parts`, `routes`, `tell`): see `surroundings.py`
  {"re": <n>, "ok": true, "result": ...} or {"re": <n>, "ok": false, "error": <words>}
<chat>, <message> and <keyboard> are made in `views.py`; a private chat's id is its person's.

Page to server, each with a number `n` that comes back as `re`:
  {"n", "do": "add_person", "first_name", "language_code"?, "phone"?, "note"?}
  {"n", "do": "send", "person", "text"}
  {"n", "do": "tap", "person", "message_id", "row", "column"}
      result {"opened": url} | {"copied": text} | {"shared": button} | {} for a callback
  {"n", "do": "press", "person", "row", "column"}            a key of the reply keyboard
  {"n", "do": "share_contact", "person", "of"?, "phone"?}
      one's own; with "of" another person's id; with "phone" alone a number without an account
  {"n", "do": "open_link", "person", "url"}
  {"n", "do": "block" | "unblock", "person"}

Files are at `/play/file/<file id>`, as the messages say. Only requests whose Host is this machine
and whose Origin, if any, is the same are answered.
"""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import orjson
from aiohttp import WSMsgType, web

from playground.backend import Backend
from playground.origins import is_ours
from playground.people import Person
from playground.population import Population
from playground.schema import JSON
from playground.seen import Button, ChatMessage
from playground.views import chat_view, commands_view, event_view
from playground.world import Event

UNSENT_EVENTS_MAX = 10_000  # a page that reads slower than this is cut off
COMMAND_BYTES_MAX = 64 * 1024
# What people write stays words: no script, style or address of theirs is ever obeyed.
_POLICY = (
    "default-src 'self'; img-src 'self' data:; connect-src 'self' ws://127.0.0.1:* ws://localhost:*;"
    " object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
_INLINE_TYPES = {"image/png", "image/jpeg", "image/gif", "image/webp"}


class Control:
    """Serves the page and its WebSocket."""

    def __init__(self, backend: Backend, population: Population, page: Path | None = None) -> None:
        self._backend = backend
        self._population = population
        self._page = page
        self._outboxes: set[asyncio.Queue[str | None]] = set()
        # More than the chats: what else the snapshot tells, and what else there is to fetch.
        self.parts: list[Callable[[], JSON]] = []
        self.routes: list[Callable[[web.Application], None]] = []
        self.acts: dict[str, Callable[[JSON], Awaitable[JSON]]] = {
            "add_person": self._add_person,
            "send": self._send,
            "tap": self._tap,
            "press": self._press,
            "share_contact": self._share_contact,
            "open_link": self._open_link,
            "block": self._block,
            "unblock": self._unblock,
        }
        backend.world.listeners.append(self._on_event)
        backend.profile_listeners.append(self._on_commands)
        population.listeners.append(self._on_person)

    def attach(self, app: web.Application) -> None:
        """Adds the routes to an application that has not started."""
        app.router.add_get("/play/ws", self.serve)
        app.router.add_get("/play/file/{file_id}", self.file)
        if self._page is not None:
            app.router.add_get("/", self.index)
            app.router.add_get("/page/{path:.+}", self.page_file)
        for add_routes in self.routes:
            add_routes(app)
        app.on_shutdown.append(self._hang_up)

    async def _hang_up(self, _app: web.Application) -> None:
        for outbox in self._outboxes:
            outbox.put_nowait(None)

    # Telling

    def tell(self, view: JSON) -> None:
        """Tells every page that is open."""
        if not self._outboxes:
            return
        text = orjson.dumps(view).decode()
        for outbox in self._outboxes:
            # One place is kept for the None that hangs up.
            outbox.put_nowait(text if outbox.qsize() < UNSENT_EVENTS_MAX else None)

    def _on_event(self, event: Event) -> None:
        if self._outboxes:
            chat = self._backend.world.chats[event.chat_id]
            self.tell(event_view(self._backend, event, chat))

    def _on_person(self, person: Person) -> None:
        self.tell({"event": "person", "chat": chat_view(self._backend, person)})

    def _on_commands(self) -> None:
        for person in self._population.people.values() if self._outboxes else ():
            view = commands_view(self._backend, person)
            menu = person.chat.menu_button or self._backend.profile.menu_button
            event = {"event": "commands", "chat": person.id, "commands": view}
            self.tell({**event, "menu_button": menu})

    def snapshot(self) -> JSON:
        """Everything that a page has to know at first."""
        bot = self._backend.world.bot.payload
        view = {
            "event": "snapshot",
            "bot": {"id": bot["id"], "username": bot["username"], "name": bot["first_name"]},
            "chats": [chat_view(self._backend, p) for p in self._population.people.values()],
        }
        for part in self.parts:
            view |= part()
        return view

    # Serving

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """One page's WebSocket."""
        refuse_strangers(request)
        socket = web.WebSocketResponse(max_msg_size=COMMAND_BYTES_MAX, heartbeat=30)
        await socket.prepare(request)
        outbox: asyncio.Queue[str | None] = asyncio.Queue()
        outbox.put_nowait(orjson.dumps(self.snapshot()).decode())
        self._outboxes.add(outbox)
        writer = asyncio.get_running_loop().create_task(_write(socket, outbox))
        try:
            async for message in socket:
                if message.type is WSMsgType.TEXT:
                    outbox.put_nowait(await self._obeyed(message.data))
        finally:
            self._outboxes.discard(outbox)
            writer.cancel()
            await asyncio.gather(writer, return_exceptions=True)
        return socket

    async def _obeyed(self, text: str) -> str:
        answer: JSON = {"re": None, "ok": False}
        try:
            command = orjson.loads(text)
            answer["re"] = command.get("n")
            act = self.acts[command["do"]]
            answer |= {"ok": True, "result": await act(command)}
        except (KeyError, IndexError, TypeError, AttributeError, ValueError) as wrong:
            answer["error"] = f"{type(wrong).__name__}: {wrong}"
        return orjson.dumps(answer).decode()

    async def file(self, request: web.Request) -> web.Response:
        """The bytes of a picture; everything else is offered as a download."""
        refuse_strangers(request)
        stored = self._backend.files.get(request.match_info["file_id"])
        if stored is None:
            raise web.HTTPNotFound
        headers = {"X-Content-Type-Options": "nosniff"}
        if stored.content_type not in _INLINE_TYPES:
            headers["Content-Disposition"] = "attachment"
        return web.Response(body=stored.content, content_type=stored.content_type, headers=headers)

    async def index(self, request: web.Request) -> web.StreamResponse:
        """The page."""
        return self._static(request, "index.html")

    async def page_file(self, request: web.Request) -> web.StreamResponse:
        """What belongs to the page."""
        return self._static(request, request.match_info["path"])

    def _static(self, request: web.Request, name: str) -> web.StreamResponse:
        refuse_strangers(request)
        assert self._page is not None
        root = self._page.resolve()
        path = (root / name).resolve()
        if not path.is_relative_to(root) or not path.is_file():
            raise web.HTTPNotFound
        headers = {
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "no-store",
            "Content-Security-Policy": _POLICY,
        }
        return web.FileResponse(path, headers=headers)

    # Obeying

    def _person(self, command: JSON) -> Person:
        return self._population.people[command["person"]]

    async def _add_person(self, command: JSON) -> JSON:
        person = self._population.person(
            str(command["first_name"]),
            language_code=command.get("language_code", "ru"),
            phone=command.get("phone"),
            note=str(command.get("note", "")),
        )
        return {"id": person.id}

    async def _send(self, command: JSON) -> JSON:
        await self._person(command).send(str(command["text"]))
        return {}

    async def _tap(self, command: JSON) -> JSON:
        person = self._person(command)
        raw = person.chat.messages[command["message_id"]]
        message = ChatMessage(raw, self._backend.files)
        button = message.rows[command["row"]][command["column"]]
        if button.is_disabled:
            raise ValueError("the button is disabled")
        opened, copied, shared = (
            len(person.opened_urls), len(person.clipboard), len(person.shares),
        )  # fmt: skip
        await person.tap_button(button)
        if len(person.opened_urls) > opened:
            return {"opened": person.opened_urls[-1]}
        if len(person.clipboard) > copied:
            return {"copied": person.clipboard[-1]}
        if len(person.shares) > shared:
            return {"shared": person.shares[-1]}
        return {}

    async def _press(self, command: JSON) -> JSON:
        person = self._person(command)
        if person.chat.keyboard is None:
            raise ValueError("there is no keyboard")
        key = person.chat.keyboard["keyboard"][command["row"]][command["column"]]
        shown_by = person.chat.keyboard_message_id
        await person.tap_button(Button(key["text"], key, shown_by, inline=False))
        return {}

    async def _share_contact(self, command: JSON) -> JSON:
        person = self._person(command)
        if "of" in command:
            owner = self._population.people[command["of"]]
            name = owner.user.payload["first_name"]
            await person.share_contact(phone=owner.phone, user_id=owner.id, first_name=name)
        elif "phone" in command:
            await person.share_contact(phone=str(command["phone"]), user_id=None)
        else:
            await person.share_contact()
        return {}

    async def _open_link(self, command: JSON) -> JSON:
        await self._person(command).open_link(str(command["url"]))
        return {}

    async def _block(self, command: JSON) -> JSON:
        self._person(command).block()
        return {}

    async def _unblock(self, command: JSON) -> JSON:
        self._person(command).unblock()
        return {}


def refuse_strangers(request: web.Request) -> None:
    """Answers 403 to another machine, and to somebody else's page in this one's browser."""
    if not is_ours(request):
        raise web.HTTPForbidden


async def _write(socket: web.WebSocketResponse, outbox: asyncio.Queue[str | None]) -> None:
    while (text := await outbox.get()) is not None:
        try:
            await socket.send_str(text)
        except ConnectionError:
            return
    await socket.close()
