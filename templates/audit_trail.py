"""/audit_log: who did what to whose account, as owners read it."""

import datetime as dt
from dataclasses import dataclass
from typing import Annotated

from templates.callbacks import Callback, callback
from templates.keyboards import Button, InlineKeyboard
from templates.labels import Labels
from templates.messages import AtMost, Code, Message, message

ACTS_PAGE_ROWS = 12


@callback("audit_log")
@dataclass(frozen=True)
class TurnAuditLog(Callback):
    """A page of the audit log, from 1; of one client's alone where one is named."""

    page: int
    client_id: int | None = None


@dataclass(frozen=True)
class Act:
    """One line of the log."""

    at: dt.datetime
    action: Code
    actor_name: str | None  # none: the programme itself
    client_name: str | None  # none: it was about nobody's account
    number: int | None  # of the visit, the case or whatever it was about
    points: int | None
    bill: int | None  # minor units
    by_stranger: bool = False  # somebody without a card
    by_reader: bool = False
    by_owner: bool = False  # another one, of whom only the id is known


@message("audit_trail/audit_log")
@dataclass(frozen=True)
class AuditLog(Message):
    """A page of it, the newest first."""

    of_client: str | None  # whose acts alone
    client_id: int | None
    acts: Annotated[tuple[Act, ...], AtMost(ACTS_PAGE_ROWS)]
    page: int
    pages: int

    def keyboard(self, labels: Labels) -> InlineKeyboard | None:
        if self.pages <= 1:
            return None
        back = TurnAuditLog(self.page - 1, self.client_id)
        on = TurnAuditLog(self.page + 1, self.client_id)
        return InlineKeyboard.of(
            (
                Button(labels("audit_log.newer"), back) if self.page > 1 else None,
                Button(labels("audit_log.older"), on) if self.page < self.pages else None,
            )
        )
