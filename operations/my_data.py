"""What clients decide about their own data; and what an owner does when one asks in writing."""

from dataclasses import dataclass

from loyalty.programme import Programme
from operations.actors import as_client
from operations.authority import require
from operations.desk import called, is_oneself, note_viewed
from operations.erasure import Erased, erase_client
from operations.outgoing import Lane, Recipient, notify
from operations.phones import masked_phone
from operations.senders import Role, Sender
from operations.transaction import Tx
from storage import badges, clients, data_requests, pending, rewards
from storage.clients import Client, ClientStatus
from templates import my_data as screens


@dataclass(frozen=True)
class NotThisCard:
    """The button is about a record that is not, or is no longer, the one who tapped it has."""


@dataclass(frozen=True)
class OwnCard:
    """One's own card is erased in one's own profile, where one sees what goes."""


async def ask_for_file(tx: Tx, client: Client, language: str) -> None:
    """The file is made by a chore that reads beside the writers; asked twice, it comes once."""
    await data_requests.add(tx.db, client.id, language=language, now=tx.now)


async def question_my_erasure(tx: Tx, sender: Sender) -> screens.AskMyErasure:
    """What the client would lose."""
    client = sender.client
    assert client is not None, "the router lets clients through"
    waiting = await rewards.open_of(tx.db, client.id, limit=screens.REWARDS_SHOWN_MAX)
    held = await badges.held(tx.db, client.id)
    return screens.AskMyErasure(
        client_id=client.id,
        points=client.balance,
        pending=sum(day.points for day in await pending.of_client(tx.db, client.id)),
        rewards=tuple(claim.name.of(sender.language) for claim in waiting),
        level=_level(tx.programme, client, sender.language),
        badges=len(held),
        visits=client.visits,
        works_here=sender.role is not None,
        business=tx.programme.business.name,
    )


async def erase_me(tx: Tx, sender: Sender, *, client_id: int) -> Erased | NotThisCard:
    """The client's own ✅, about the card that they were asked about and no later one."""
    if sender.client is None or sender.client.id != client_id:
        return NotThisCard()
    return await erase_client(tx, client_id, by=as_client(sender.client))


async def question_erasure(
    tx: Tx, *, actor: Sender, client: Client
) -> screens.AskClientErasure | OwnCard:
    """Whose card an owner is about to erase. Raises NotAllowed for anybody else."""
    require(actor, Role.OWNER)
    if is_oneself(actor, client):
        return OwnCard()
    await note_viewed(tx, actor, client)
    waiting = await rewards.counts(tx.db, client.id)
    return screens.AskClientErasure(
        client_id=client.id,
        client_name=called(client),
        phone=masked_phone(client.phone) if client.phone else "",
        points=client.balance,
        visits=client.visits,
        rewards=waiting.open,
        level=_level(tx.programme, client, actor.language),
        in_bot=client.telegram_id is not None,
    )


async def erase_for(tx: Tx, *, actor: Sender, client_id: int) -> Erased | OwnCard | NotThisCard:
    """An owner's ✅. Whoever has a phone here is told, with their last message from us.

    Raises NotAllowed for anybody but an owner.
    """
    require(actor, Role.OWNER)
    client = await clients.by_id(tx.db, client_id)
    if client is None:
        return NotThisCard()
    if is_oneself(actor, client):
        return OwnCard()
    erased = await erase_client(tx, client_id, by=actor.telegram_id)
    if client.status is ClientStatus.ACTIVE and client.telegram_id and not erased.repeated:
        farewell = screens.Farewell(tx.programme.business.name)
        await notify(tx, Recipient(client.telegram_id, client.language), farewell, lane=Lane.REPLY)
    return erased


def _level(programme: Programme, client: Client, language: str) -> str | None:
    if not programme.tiers.stated:
        return None
    for level in programme.tiers.levels:
        if level.code == client.tier:
            return level.name.of(language)
    return None
