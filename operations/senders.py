"""Who is behind a stimulus, read from the database each time: a button proves nothing."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from operations.languages import spoken_language
from operations.outgoing import Recipient
from operations.transaction import Tx
from storage import people
from storage.clients import Client
from storage.people import Role

__all__ = ["Client", "Role", "Sender", "identify"]


@dataclass(frozen=True)
class Sender:
    """The person who wrote or tapped."""

    telegram_id: int
    first_name: str
    language: str
    client: Client | None
    role: Role | None
    branch: str | None  # of staff; none for who works in all of them
    referral_code: str | None  # of the first friend's link that they opened
    source_code: str | None  # of the first poster or page
    state: str | None
    state_data: Mapping[str, Any]
    is_new: bool = False  # their first word to us

    @property
    def as_recipient(self) -> Recipient:
        return Recipient(self.telegram_id, self.language, self.client.id if self.client else None)

    def may_act_as(self, role: Role) -> bool:
        """Roles add up: an owner is a manager is staff."""
        return self.role is not None and self.role >= role


async def identify(
    tx: Tx,
    *,
    telegram_id: int,
    chat_id: int,
    first_name: str,
    language_code: str | None,
    owner_ids: Collection[int],
) -> Sender:
    """Reads who it is; an unknown, returned or differently speaking account is noted down.

    The language is fixed with the first word to us: from then on only /profile changes it.
    """
    account = await people.account(tx.db, telegram_id, chat_id)
    client = account.client
    chosen = client.language if client else account.language
    language = spoken_language(tx.programme, chosen, language_code)
    is_as_known = account.is_known and account.language_code == language_code
    if not is_as_known or account.unreachable or account.language is None:
        await people.meet(tx.db, telegram_id, language_code, tx.now, language=language)
    return Sender(
        telegram_id=telegram_id,
        first_name=first_name,
        language=language,
        client=client,
        role=Role.OWNER if telegram_id in owner_ids else account.role,
        branch=account.branch,
        referral_code=account.referral_code,
        source_code=account.source_code,
        state=account.state,
        state_data=account.state_data,
        is_new=not account.is_known,
    )
