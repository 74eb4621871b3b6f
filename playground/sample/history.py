"""Plays the plan through the bot's own operations, on a clock of the past."""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta

from loyalty.birthdays import Birthday
from loyalty.programme import Programme
from operations.available import points_to_spend
from operations.booking import book_visit
from operations.desk import ServiceTyped
from operations.partners import due_refills, refill
from operations.preview_terms import terms_now
from operations.profile import set_birthday
from operations.registration import Consents, Newcomer, Registered, given, register_client
from operations.senders import Sender
from operations.transaction import Tx
from operations.undo import undo_visit
from operations.visit_previews import keep_preview
from playground.sample.cast import COLLEAGUES, DARIA, OLEG, OWNER, TIMUR
from playground.sample.clients import SampleClient
from playground.sample.deeds import bring_old_cards, pays_with_points
from playground.sample.happenings import (
    Attendance,
    Deed,
    Happening,
    OldCards,
    Opinion,
    Registration,
    Reply,
    Round,
)
from playground.sample.heroes import sample_clients
from playground.sample.voices import answer_complaint, sender, tell_opinion
from scheduler.clockwork import Clockwork
from storage import clients, outbox, people, staff
from storage.clients import Client
from storage.consents import ConsentKind
from storage.database import Database
from storage.outbox import Letter, Mark
from storage.visits import Visit
from templates.registration import ADVERT_CONSENT_VERSION, DATA_CONSENT_VERSION

BATCH_MAX = 40  # happenings in one transaction
UNDONE_AFTER = timedelta(minutes=3)


class PastClock:
    """The moment of the past that is being played."""

    def __init__(self) -> None:
        self.moment = datetime.min.replace(tzinfo=UTC)

    def now(self) -> datetime:
        return self.moment


class History:
    """The sample business comes about, happening by happening."""

    def __init__(self, database: Database, programme: Programme) -> None:
        self._database = database
        self._programme = programme
        self._clock = PastClock()
        owners = frozenset({OWNER.telegram_id})
        self._clockwork = Clockwork(database, self._clock, programme, owners, self._keep_back)
        self._clients: dict[int, Client] = {}  # by account; only ids and codes are read
        self._served: dict[str, int] = {}
        self._letters: list[Letter] = []

    async def begin(self, at: datetime) -> None:
        """The business opens with its people."""
        async with self._database.write() as db:
            for colleague in COLLEAGUES:
                await people.meet(db, colleague.telegram_id, "ru", at)
                if colleague is not OWNER:
                    await staff.hire(
                        db,
                        telegram_id=colleague.telegram_id,
                        name=colleague.name,
                        role=colleague.role,
                        branch=colleague.branch,
                        invited_by=OWNER.telegram_id,
                        now=at,
                    )
            tx = Tx(db, at, self._programme)
            for batch in await due_refills(tx):
                await refill(tx, batch)

    async def play(
        self, happenings: Sequence[Happening], on_progress: Callable[[int], None]
    ) -> None:
        """Everything in order; what it would have sent is put down as sent at the time."""
        done = 0
        for batch in _batches(happenings):
            first = batch[0]
            self._clock.moment = batch[-1].at
            if isinstance(first, Round):
                await self._clockwork.catch_up()
            else:
                await self._play_batch(batch)
            await self._put_down_letters()
            done += len(batch)
            on_progress(done)
            # Nothing else here lets others have a turn: a stop would not be heard.
            await asyncio.sleep(0)

    async def _play_batch(self, batch: Sequence[Happening]) -> None:
        async with self._database.write() as db:
            for happening in batch:
                tx = Tx(db, happening.at, self._programme)
                await self._play_one(tx, happening)
                self._keep_back(tx.queued)

    async def _play_one(self, tx: Tx, happening: Happening) -> None:
        match happening:
            case Registration():
                await self._register(tx, happening.client)
            case Attendance():
                await self._serve(tx, happening)
            case Opinion():
                await tell_opinion(tx, happening)
            case Reply():
                await answer_complaint(tx, happening)
            case Deed():
                known = await self._client(tx, happening.client)
                client = await clients.by_id(tx.db, known.id)
                assert client is not None, "nobody was erased"
                await happening.act(tx, client, self._actor(happening.client.branch))
            case OldCards():
                await bring_old_cards(tx)

    async def _register(self, tx: Tx, newcomer: SampleClient) -> None:
        await people.meet(tx.db, newcomer.telegram_id, newcomer.language, tx.now)
        inviter = None
        if newcomer.invited_by is not None:
            inviter = await self._found(tx, sample_clients()[newcomer.invited_by])
        advert = given(ConsentKind.ADVERT, ADVERT_CONSENT_VERSION, tx.now)
        outcome = await register_client(
            tx,
            Newcomer(
                telegram_id=newcomer.telegram_id,
                phone=newcomer.phone,
                first_name=newcomer.name,
                language=newcomer.language,
                consents=Consents(
                    given(ConsentKind.DATA, DATA_CONSENT_VERSION, tx.now),
                    advert if newcomer.takes_adverts else None,
                ),
                referral_code=None if inviter is None else inviter.referral_code,
            ),
        )
        assert isinstance(outcome, Registered), outcome
        if newcomer.birthday is not None:
            await set_birthday(
                tx, client_id=outcome.client.id, birthday=Birthday(*newcomer.birthday)
            )

    async def _serve(self, tx: Tx, attendance: Attendance) -> None:
        """What a tap on a fresh preview does; nobody else is there who could have been quicker."""
        known = await self._client(tx, attendance.client)
        actor = self._actor(attendance.client.branch)
        service = ServiceTyped(code=attendance.service)
        client = await clients.lock(tx.db, known.id)
        assert client is not None, "nobody was erased"
        bill = attendance.bill
        points = await points_to_spend(tx, client, bill=bill) if attendance.pays_with_points else 0
        if points:
            visit = await pays_with_points(
                tx, client, actor, bill=bill, service=service, points=points
            )
        else:
            visit = await self._book(tx, client, actor, attendance, service)
        if attendance.is_mistaken:
            later = Tx(tx.db, tx.now + UNDONE_AFTER, self._programme)
            await undo_visit(later, visit_id=visit.id, actor=actor)
            self._keep_back(later.queued)

    async def _book(
        self, tx: Tx, client: Client, actor: Sender, attendance: Attendance, service: ServiceTyped
    ) -> Visit:
        preview = await keep_preview(
            tx,
            staff_id=actor.telegram_id,
            client=client,
            bill=attendance.bill,
            service=service,
            branch=attendance.client.branch,
        )
        booked = await book_visit(
            tx,
            staff_id=actor.telegram_id,
            client=client,
            terms=await terms_now(tx, client, bill=attendance.bill, service=service),
            service=service,
            branch=attendance.client.branch,
            preview_id=preview.id,
        )
        return booked.visit

    async def _client(self, tx: Tx, known: SampleClient) -> Client:
        found = await self._found(tx, known)
        assert found is not None, "nobody comes before they registered"
        return found

    async def _found(self, tx: Tx, known: SampleClient) -> Client | None:
        """None in a short story, for somebody who came before it."""
        if known.telegram_id not in self._clients:
            found = await clients.by_telegram_id(tx.db, known.telegram_id)
            if found is None:
                return None
            self._clients[known.telegram_id] = found
        return self._clients[known.telegram_id]

    def _actor(self, branch: str) -> Sender:
        """Who is at the desk: in turns, where two work in a branch."""
        desk = (OLEG, DARIA) if branch == OLEG.branch else (TIMUR,)
        turn = self._served[branch] = self._served.get(branch, 0) + 1
        return sender(desk[turn % len(desk)])

    def _keep_back(self, letters: Sequence[Letter]) -> None:
        self._letters += letters

    async def _put_down_letters(self) -> None:
        letters, self._letters = self._letters, []
        if letters:
            async with self._database.write() as db:
                marks = [Mark(letter.id, "sent") for letter in letters]
                await outbox.mark(db, marks, self._clock.moment)


def _batches(happenings: Sequence[Happening]) -> Iterator[list[Happening]]:
    """Consecutive happenings; a round is always by itself."""
    batch: list[Happening] = []
    for happening in happenings:
        if batch and (isinstance(happening, Round) or len(batch) == BATCH_MAX):
            yield batch
            batch = []
        batch.append(happening)
        if isinstance(happening, Round):
            yield batch
            batch = []
    if batch:
        yield batch
