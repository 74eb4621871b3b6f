"""The outbox's way to Telegram: paced, retried, each letter marked once it is sent."""
