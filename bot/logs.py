"""Logs go to stderr, a line an event; tokens, passwords and phones never reach them whole."""

import logging
import re
import sys
from types import TracebackType
from typing import Any

import structlog

_TOKEN = re.compile(r"(?<![0-9])[0-9]{1,20}(?::|%3[Aa])[A-Za-z0-9_-]{20,}")
_PASSWORD = re.compile(r"(?<=://)[^/@\s]*:[^/\s]*(?=@)")
# Ten to fifteen digits with whatever people write between them; a date and time is none.
_PHONE = re.compile(
    r"(?<![0-9])(?![0-9]{4}-[0-9]{2}-[0-9]{2}(?![0-9]))"
    r"\+?[0-9](?:[\s().\-–—‑/]{0,3}[0-9]){9,14}(?![0-9])"
)


def masked(text: str) -> str:
    """The text without what must not be logged."""
    return _PHONE.sub(_mask_phone, _PASSWORD.sub("<password>", _TOKEN.sub("<token>", text)))


def _mask_phone(found: re.Match[str]) -> str:
    return f"<phone …{found[0][-2:]}>"


class _Lines:
    """Writes to whatever stderr is; where it is full or closed, the bot goes on without."""

    def msg(self, line: str) -> None:
        try:
            sys.stderr.write(f"{line}\n")
            sys.stderr.flush()
        except (OSError, ValueError):
            return

    debug = info = warning = error = critical = exception = fatal = log = msg


def _mask_line(_logger: object, _method: str, line: Any) -> str:
    """Last of all: what it gets is the line that the renderer before it has made."""
    return masked(line)


class _MaskedHandler(logging.Handler):
    """What libraries log, through the same hole."""

    def emit(self, record: logging.LogRecord) -> None:
        _Lines().msg(masked(self.format(record)))


def configure_logs(level: int = logging.INFO) -> None:
    """Sets both structlog and the libraries' own logging up; call it once, at the start."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.LogfmtRenderer(
                key_order=["timestamp", "level", "event"], drop_missing=True
            ),
            _mask_line,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=lambda *_: _Lines(),
        cache_logger_on_first_use=False,
    )
    handler = _MaskedHandler()
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    logging.basicConfig(level=max(level, logging.WARNING), handlers=[handler], force=True)
    sys.excepthook = _log_uncaught


def _log_uncaught(
    kind: type[BaseException], error: BaseException, trace: TracebackType | None
) -> None:
    """The last words of a process that falls: masked as all the others are."""
    log: Any = structlog.get_logger("fault")
    log.critical("stopped by a fault of the program", exc_info=(kind, error, trace))
