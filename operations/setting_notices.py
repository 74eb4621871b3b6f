"""What owners are told of settings without having asked."""

import binascii
from collections.abc import Collection

from loyalty.programme import Programme
from operations.in_force import InForce
from operations.outgoing import notify, to_account
from operations.owners import names_of, owners_of, tell_owners
from operations.senders import Sender
from operations.setting_subjects import Subject
from operations.transaction import Tx
from templates.settings import UNFIT_SHOWN_MAX, ChangedByOther, Unfit


async def tell_other_owners(
    tx: Tx,
    *,
    actor: Sender,
    subject: Subject,
    before: Programme,
    after: Programme,
    version: int,
    owner_ids: Collection[int],
) -> None:
    """Who, what, from what to what, and where it can be taken back: nobody is to be surprised."""
    others = [one for one in await owners_of(tx, owner_ids) if one != actor.telegram_id]
    if not others:
        return
    by = (await names_of(tx, {actor.telegram_id})).get(actor.telegram_id, actor.first_name)
    for telegram_id in others:
        recipient = await to_account(tx, telegram_id)
        told = ChangedByOther(
            by=by,
            title=subject.title(recipient.language),
            before=subject.value(before),
            after=subject.value(after),
            version=version,
        )
        await notify(tx, recipient, told, key=f"settings_changed:{version}:{telegram_id}")


async def tell_unfit(tx: Tx, in_force: InForce, owner_ids: Collection[int]) -> None:
    """Owners hear that changes of theirs do not fit the file any more; once for the same ones."""
    unfit = in_force.effective.unfit
    shown = unfit[:UNFIT_SHOWN_MAX]
    told = Unfit(in_force.file.file_name, shown, len(unfit) - len(shown))
    mark = binascii.crc32(",".join(unfit).encode())
    key = f"settings_unfit:{in_force.version}:{mark}:{tx.today}"
    await tell_owners(tx, told, listed=owner_ids, key=key)
