"""What the server answers instead of a result."""

from http import HTTPStatus


class Refusal(Exception):
    """An answer with `ok: false`; `error_code` is the HTTP status as well."""

    def __init__(self, error_code: int, description: str, *, retry_after_s: int | None = None):
        super().__init__(description)
        self.error_code = error_code
        self.description = description
        self.retry_after_s = retry_after_s


def bad_request(what: str) -> Refusal:
    """A 400 in Telegram's words, which begin with a small letter unless they are a code."""
    if what[1:2] != "_" and not what[1:2].isupper():
        what = what[:1].lower() + what[1:]
    return Refusal(HTTPStatus.BAD_REQUEST, f"Bad Request: {what}")


def forbidden(what: str) -> Refusal:
    """A 403 in Telegram's words."""
    return Refusal(HTTPStatus.FORBIDDEN, f"Forbidden: {what}")


def conflict(what: str) -> Refusal:
    """A 409 in Telegram's words."""
    return Refusal(HTTPStatus.CONFLICT, f"Conflict: {what}")


def method_not_found() -> Refusal:
    """A 404 for a method that the Bot API, or this server, does not have."""
    return Refusal(HTTPStatus.NOT_FOUND, "Not Found: method not found")


def too_many_requests(retry_after_s: int) -> Refusal:
    """A 429 that carries when to come back."""
    return Refusal(
        HTTPStatus.TOO_MANY_REQUESTS,
        f"Too Many Requests: retry after {retry_after_s}",
        retry_after_s=retry_after_s,
    )
