"""The second lock behind the routers' filter: an operation asks again before it acts."""

from loyalty.refusals import Refusal
from operations.senders import Role, Sender


class NotAllowed(Refusal):
    """Whoever asks does not hold the role for it."""

    def __init__(self, needed: Role) -> None:
        super().__init__(needed)
        self.needed = needed


def require(actor: Sender, role: Role) -> None:
    """Raises NotAllowed unless the actor, as just read from the database, may act as this role."""
    if not actor.may_act_as(role):
        raise NotAllowed(role)
