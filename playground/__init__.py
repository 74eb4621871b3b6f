"""A local Telegram: a Bot API server with people to play, for the demo and for every flow test."""

from playground.people import ChatMessage, Group, NoSuchButton, NotHeard, Person
from playground.server import LocalTelegram

__all__ = ["ChatMessage", "Group", "LocalTelegram", "NoSuchButton", "NotHeard", "Person"]
