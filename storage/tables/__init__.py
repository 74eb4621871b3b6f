"""Every table, by noun; `metadata` holds them all."""

from storage.tables.base import metadata
from storage.tables.challenges import challenge_endings, challenge_places
from storage.tables.disputes import disputes
from storage.tables.erasures import data_requests, erased_phones, erasures
from storage.tables.feedback import case_messages, cases, feedback
from storage.tables.imports import imported_cards
from storage.tables.ledger import ledger_entries, lot_movements, lots
from storage.tables.messaging import chat_waits, fsm_states, inbox, outbox, outbox_files
from storage.tables.partners import partner_codes
from storage.tables.people import (
    clients,
    consents,
    staff,
    staff_invitations,
    telegram_accounts,
)
from storage.tables.programme import programme_changes, programme_drafts
from storage.tables.returns import pending_points, return_previews, visit_returns
from storage.tables.rewards import reward_claims, reward_stock
from storage.tables.spending import approvals, redemptions
from storage.tables.standing import badge_grants, referrals, tier_changes
from storage.tables.time import audit_log, job_claims, secrets, win_backs
from storage.tables.trust import adjustments
from storage.tables.visits import visit_previews, visits

__all__ = [
    "adjustments",
    "approvals",
    "audit_log",
    "badge_grants",
    "case_messages",
    "cases",
    "challenge_endings",
    "challenge_places",
    "chat_waits",
    "clients",
    "consents",
    "data_requests",
    "disputes",
    "erased_phones",
    "erasures",
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
    "partner_codes",
    "pending_points",
    "programme_changes",
    "programme_drafts",
    "redemptions",
    "referrals",
    "return_previews",
    "reward_claims",
    "reward_stock",
    "secrets",
    "staff",
    "staff_invitations",
    "telegram_accounts",
    "tier_changes",
    "visit_previews",
    "visit_returns",
    "visits",
    "win_backs",
]
