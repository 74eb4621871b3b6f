"""The one filter that authorises: once on a router, by the role read for this very stimulus."""

from aiogram.filters import Filter
from aiogram.types import TelegramObject

from operations.senders import Role, Sender


class Has(Filter):
    """Lets through who holds this role or a higher one; for others the router does not exist."""

    def __init__(self, role: Role) -> None:
        self.role = role

    async def __call__(self, event: TelegramObject, sender: Sender) -> bool:
        return sender.may_act_as(self.role)
