"""What a client has reached: tiers, badges, friends brought along."""

from sqlalchemy import Column, Date, ForeignKey, Index, String, Table

from storage.columns import Identity64, UtcDateTime
from storage.tables.base import metadata

tier_changes = Table(
    "tier_changes",
    metadata,
    Column("id", Identity64, primary_key=True),
    Column("client_id", Identity64, ForeignKey("clients.id"), nullable=False, index=True),
    Column("from_tier", String(32)),  # none: the level that the client began with
    Column("to_tier", String(32), nullable=False),
    Column("reason", String(24), nullable=False),  # storage.tiers.TierReason
    Column("visit_id", Identity64, ForeignKey("visits.id")),
    Column("until", Date),  # the last day of an invitation; none: no end
    Column("at", UtcDateTime, nullable=False),
)

badge_grants = Table(
    "badge_grants",
    metadata,
    Column("client_id", Identity64, ForeignKey("clients.id"), primary_key=True),
    Column("badge", String(32), primary_key=True),
    Column("visit_id", Identity64, ForeignKey("visits.id")),
    Column("granted_at", UtcDateTime, nullable=False),
    Column("revoked_at", UtcDateTime),  # a return took it back
    Index("ix_badge_grants_visit_id", "visit_id"),
)

referrals = Table(
    "referrals",
    metadata,
    Column("friend_id", Identity64, ForeignKey("clients.id"), primary_key=True),
    Column("referrer_id", Identity64, ForeignKey("clients.id"), nullable=False),
    Column("registered_at", UtcDateTime, nullable=False),
    Column("status", String(16), nullable=False),  # loyalty.referrals.ReferralState
    Column("visit_id", Identity64, ForeignKey("visits.id")),  # the one that qualified
    Column("rewarded_at", UtcDateTime),
    # The visit that the reward was posted for: another may have taken its place as the one that
    # qualifies, when the first was taken back.
    Column("posted_visit_id", Identity64, ForeignKey("visits.id")),
    Index("ix_referrals_referrer_id", "referrer_id", "rewarded_at"),
    Index("ix_referrals_visit_id", "visit_id"),
)
