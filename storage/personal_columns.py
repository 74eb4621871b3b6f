"""What each column of text may say of a person, and what becomes of it at an erasure (rule 21).

Each is in `CLEARED`, and `storage.erasing` or `storage.forgetting` clears it, or in `IMPERSONAL`; a
test goes through all tables, so that a new one is not forgotten.
"""

CLEARED = frozenset(
    {
        "adjustments.reason",
        "case_messages.words",
        "clients.card_code",
        "clients.card_number",
        "clients.favourite_services",
        "clients.language",
        "clients.name",
        "clients.phone",
        "clients.referral_code",
        "consents.text_version",  # the row goes
        "data_requests.language",  # the row goes
        "feedback.words",
        "fsm_states.data",  # the row goes
        "inbox.raw",
        "inbox.traceback",
        "outbox.context",
        "outbox.key",
        "outbox.payload",
        "outbox_files.body",
        "outbox_files.file_name",
        "telegram_accounts.language",  # the row goes, unless somebody works here with it
        "telegram_accounts.language_code",
        "telegram_accounts.referral_code",
        "telegram_accounts.source_code",
        "visit_previews.service_text",
        "visits.service_text",
    }
)
# Codes, figures and names of the business's own; what people who work here are called.
IMPERSONAL = frozenset(
    {
        "audit_log.action",
        "audit_log.details",  # ids, numbers and codes alone: `audit_log.record` refuses the rest
        "challenge_endings.code",
        "challenge_endings.ranking",  # numbers of records
        "disputes.key",
        "erased_phones.phone_hash",
        "feedback.key",
        "inbox.digest",
        "job_claims.job",
        "job_claims.period",
        "job_claims.subject",
        "ledger_entries.content_hash",
        "ledger_entries.key",
        "ledger_entries.reason",  # a code
        "outbox.language",
        "outbox.method",
        "outbox.notice",
        "outbox.reason",
        "outbox_files.field",
        "partner_codes.code",
        "partner_codes.partner",
        "pending_points.key",
        "programme_changes.key",
        "programme_changes.new",  # what owners write for everybody to read
        "programme_changes.old",
        "programme_drafts.key",
        "programme_drafts.new",
        "programme_drafts.seen",
        "reward_claims.code",  # of a claim that is closed: it opens nothing
        "reward_claims.name",  # of the reward
        "reward_claims.reward",
        "reward_stock.code",
        "secrets.name",
        "secrets.value",
        "staff.name",
        "staff_invitations.code_hash",
        "tier_changes.reason",  # a code
        "visit_previews.terms",
    }
)
# Of whatever table: a status, a role, a place, a code of the programme.
IMPERSONAL_NAMES = frozenset(
    {
        "accepted_branch",
        "author",
        "badge",
        "branch",
        "discount_percent",
        "from_tier",
        "kind",
        "percent",
        "promotion_code",
        "promotion_factor",
        "role",
        "service_code",
        "stamp_code",
        "state",
        "status",
        "tier",
        "to_tier",
    }
)
