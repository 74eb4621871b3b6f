"""FSM state inside the stimulus's transaction: read with the sender, written once at the end."""

from collections.abc import Mapping
from typing import Any

from aiogram.fsm.state import State
from aiogram.fsm.storage.base import BaseStorage, StateType, StorageKey

from operations.senders import Sender
from operations.transaction import Tx
from storage import fsm

PAUSED = "paused"  # in the data of a conversation without a state: the step to go on from
# A newcomer's answers outlive the command that breaks in: nobody consents twice. So does the
# question for a new number, whose keys stay below the chat until they are used.
RESUMED_STATES = frozenset(
    (
        *(f"Registration:{step}" for step in ("advert", "contact", "name", "birthday")),
        "ProfileEdit:phone",
    )
)


class Conversation(BaseStorage):
    """The one conversation of this stimulus; `save` writes it if the handler moved it."""

    def __init__(self, sender: Sender, chat_id: int) -> None:
        self._chat_id = chat_id
        self._user_id = sender.telegram_id
        self._state = sender.state
        self._data: dict[str, Any] = dict(sender.state_data)
        self._moved = False

    @property
    def is_open(self) -> bool:
        """True in the midst of a dialogue."""
        return self._state is not None

    @property
    def is_paused(self) -> bool:
        """True where a command broke in, and the dialogue can be taken up again."""
        return self._state is None and PAUSED in self._data

    def interrupt(self) -> None:
        """Ends the dialogue for a command's sake; registration can be taken up again."""
        if self._state not in RESUMED_STATES:
            self.end()
            return
        self._data = {**self._data, PAUSED: self._state}
        self._state, self._moved = None, True

    def end(self) -> None:
        """Ends the dialogue, whatever it was about."""
        if self._state is not None or self._data:
            self._state, self._data, self._moved = None, {}, True

    async def save(self, tx: Tx) -> None:
        if self._moved:
            await fsm.save(
                tx.db,
                chat_id=self._chat_id,
                user_id=self._user_id,
                state=self._state,
                data=self._data,
            )

    async def set_state(self, key: StorageKey, state: StateType = None) -> None:
        self._state = state.state if isinstance(state, State) else state
        self._moved = True

    async def get_state(self, key: StorageKey) -> str | None:
        return self._state

    async def set_data(self, key: StorageKey, data: Mapping[str, Any]) -> None:
        self._data = dict(data)
        self._moved = True

    async def get_data(self, key: StorageKey) -> dict[str, Any]:
        return dict(self._data)

    async def close(self) -> None:
        """Nothing to close: the connection belongs to the transaction."""
