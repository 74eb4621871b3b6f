"""Where a visit takes place: the business's branches, and the one that a colleague works in."""

from loyalty.programme import Programme
from operations.senders import Sender
from operations.transaction import Tx
from storage import visits


def branches_of(programme: Programme) -> tuple[str, ...]:
    """Where the business works; one without branches is its own."""
    return programme.business.branches or (programme.business.name,)


def works_in_several(tx: Tx, actor: Sender) -> bool:
    """Whether this actor chooses the branch of a visit."""
    return fixed_branch(tx.programme, actor) is None


def fixed_branch(programme: Programme, actor: Sender) -> str | None:
    """The only branch in which this actor can serve, if there is only one."""
    branches = branches_of(programme)
    if len(branches) == 1:
        return branches[0]
    return actor.branch if actor.branch in branches else None


async def branch_to_begin_with(tx: Tx, actor: Sender) -> str | None:
    """The actor's branch; for who works in all of them, the one of their last visit today."""
    fixed = fixed_branch(tx.programme, actor)
    if fixed is not None:
        return fixed
    last = await visits.last_by_staff(tx.db, actor.telegram_id)
    if last is None or last.on_day != tx.today or last.branch not in branches_of(tx.programme):
        return None
    return last.branch
