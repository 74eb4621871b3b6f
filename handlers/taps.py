"""A filter for taps: the handler gets the typed callback as `tap`."""

from typing import Generic, TypeVar

from aiogram.filters import BaseFilter
from aiogram.types import CallbackQuery

from templates.adverts import AdvertOff
from templates.callbacks import Callback, CallbackUnreadable, unpack
from templates.client import BecomeClient, TurnHistory
from templates.profile import (
    BackToProfile,
    ChooseLanguage,
    EditBirthday,
    EditLanguage,
    EditName,
    EditServices,
    ForgetBirthday,
    SetAdverts,
    ToggleService,
)
from templates.screens import Open

C = TypeVar("C", bound=Callback)


# They name nobody and nothing but the sender's own: in vain they are tapped without harm.
ONES_OWN: tuple[type[Callback], ...] = (
    AdvertOff,
    BackToProfile,
    BecomeClient,
    ChooseLanguage,
    EditBirthday,
    EditLanguage,
    EditName,
    EditServices,
    ForgetBirthday,
    Open,
    SetAdverts,
    ToggleService,
    TurnHistory,
)


def refused_kind(callback: CallbackQuery) -> type[Callback] | None:
    """The kind of a tap that nobody took, where it is about more than the sender; None for the
    sender's own screens and for data that are none of ours."""
    try:
        tap = unpack(callback.data or "")
    except CallbackUnreadable:
        return None
    return None if isinstance(tap, ONES_OWN) else type(tap)


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
