"""Logs go to stderr, a line an event; tokens and phone numbers never reach them whole."""

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

_TOKEN = re.compile(r"\b[0-9]{5,}:[A-Za-z0-9_-]{20,}")
_PHONE = re.compile(r"\+?\b[0-9][0-9 ()\-]{8,18}[0-9]\b")


def masked(text: str) -> str:
    """The text without what must not be logged."""
    return _PHONE.sub(_mask_phone, _TOKEN.sub("<token>", text))


def _mask_phone(found: re.Match[str]) -> str:
    digits = re.sub(r"\D", "", found[0])
    is_phone = 10 <= len(digits) <= 15 and (found[0][0] == "+" or digits[0] in "78")
    return f"<phone …{digits[-2:]}>" if is_phone else found[0]


def _mask_event(
    _logger: object, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    return {key: masked(value) if isinstance(value, str) else value for key, value in event.items()}


class _MaskedFormatter(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        return masked(super().format(record))


def configure_logs(level: int = logging.INFO) -> None:
    """Sets both structlog and the libraries' own logging up; call it once, at the start."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            _mask_event,
            structlog.processors.LogfmtRenderer(
                key_order=["timestamp", "level", "event"], drop_missing=True
            ),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.WriteLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_MaskedFormatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
