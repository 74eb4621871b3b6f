"""What an owner does in /settings, each in a transaction of its own."""

from operations.in_force import InForce
from operations.senders import Role, Sender
from operations.setting_subjects import Subject, subjects
from operations.settings import Confirmed, confirm_change, propose_typed
from operations.transaction import Tx
from templates.own_texts import TextPreview
from templates.settings import Preview
from tests.town import Town


async def an_owner(town: Town, name: str = "Олег") -> Sender:
    return await town.sender(await town.hires(name, Role.OWNER))


def subject(in_force: InForce, key: str) -> Subject:
    return subjects(in_force.programme)[key]


async def types(town: Town, owner: Sender, in_force: InForce, key: str, typed: str) -> object:
    async with town.database.write() as db:
        tx = Tx(db, town.clock.now(), await in_force.refresh(db))
        return await propose_typed(
            tx, actor=owner, in_force=in_force, subject=subject(in_force, key), typed=typed
        )


async def confirms(town: Town, owner: Sender, in_force: InForce, draft_id: int) -> object:
    async with town.database.write() as db:
        tx = Tx(db, town.clock.now(), await in_force.refresh(db))
        return await confirm_change(tx, actor=owner, in_force=in_force, draft_id=draft_id)


async def changes(town: Town, owner: Sender, in_force: InForce, key: str, typed: str) -> None:
    shown = await types(town, owner, in_force, key, typed)
    assert isinstance(shown, (Preview, TextPreview)), shown
    assert isinstance(await confirms(town, owner, in_force, shown.draft_id), Confirmed)
    async with town.database.read() as db:
        await in_force.refresh(db)
