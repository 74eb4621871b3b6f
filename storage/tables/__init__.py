"""Every table, by noun; `metadata` holds them all."""

from storage.tables.base import metadata
from storage.tables.feedback import case_messages, cases, feedback
from storage.tables.imports import imported_cards
from storage.tables.ledger import ledger_entries, lot_movements, lots
from storage.tables.messaging import chat_waits, fsm_states, inbox, outbox, outbox_files
from storage.tables.people import (
    clients,
    consents,
    staff,
    staff_invitations,
    telegram_accounts,
)
from storage.tables.standing import badge_grants, referrals, tier_changes
from storage.tables.time import audit_log, job_claims, secrets, win_backs
from storage.tables.visits import visit_previews, visits

__all__ = [
    "audit_log",
    "badge_grants",
    "case_messages",
    "cases",
    "chat_waits",
    "clients",
    "consents",
    "feedback",
    "fsm_states",
    "imported_cards",
    "inbox",
    "job_claims",
    "ledger_entries",
    "lot_movements",
    "lots",
    "metadata",
    "outbox",
    "outbox_files",
    "referrals",
    "secrets",
    "staff",
    "staff_invitations",
    "telegram_accounts",
    "tier_changes",
    "visit_previews",
    "visits",
    "win_backs",
]
