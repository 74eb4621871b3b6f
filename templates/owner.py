"""What only the owner is told: how the bot itself is doing."""

from dataclasses import dataclass

from templates.messages import Message, message


@message("owner/poison_alert")
@dataclass(frozen=True)
class PoisonAlert(Message):
    """An update failed every try and was set aside."""

    update_id: int
    error_class: str


@message("owner/conflict_alert")
@dataclass(frozen=True)
class ConflictAlert(Message):
    """Telegram says that another process polls with our token (409)."""
