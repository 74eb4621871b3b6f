"""A filter for taps: the handler gets the typed callback as `tap`."""

from typing import Generic, TypeVar

from aiogram.filters import BaseFilter
from aiogram.types import CallbackQuery

from templates.callbacks import Callback, CallbackUnreadable, unpack

C = TypeVar("C", bound=Callback)


class Tapped(BaseFilter, Generic[C]):
    """A tap on a button that carries this callback; what was forged or is unreadable passes none.

    `@router.callback_query(Tapped(ShowHistory))` hands the handler `tap: ShowHistory`.
    """

    def __init__(self, kind: type[C]) -> None:
        self._kind = kind

    async def __call__(self, callback: CallbackQuery) -> bool | dict[str, C]:
        try:
            tap = unpack(callback.data or "")
        except CallbackUnreadable:
            return False
        return {"tap": tap} if isinstance(tap, self._kind) else False
