"""What must never be logged whole: the token, a password, a phone number."""

import contextlib
import logging
import sys

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from bot.logs import masked

TOKENS = st.builds(
    "{}:{}".format,
    st.integers(1, 10**19),
    st.text("abcXYZ019_-", min_size=20, max_size=60),
)
SEPARATORS = st.sampled_from(["", "", "", " ", "-", " (", ") ", "\u00a0", ".", "\u2011", " - "])
AROUND = st.text(st.characters(codec="utf-8", exclude_characters="0123456789+"), max_size=12)


@st.composite
def phones(draw: st.DrawFn) -> str:
    """A number of ten to fifteen digits as somebody may write it."""
    digits = draw(st.text("0123456789", min_size=10, max_size=15))
    written = "".join(digit + draw(SEPARATORS) for digit in digits)
    return draw(st.sampled_from(["", "+"])) + written.rstrip(" (-.)\u00a0\u2011")


def only_digits(text: str) -> str:
    return "".join(character for character in text if character in "0123456789")


@given(AROUND, TOKENS, AROUND)
def test_no_token_gets_through_not_even_in_an_address(before: str, token: str, after: str) -> None:
    secret = token.partition(":")[2]
    for text in (
        f"{before}{token}{after}",
        f"{before}http://127.0.0.1:8081/bot{token}/getMe{after}",
        f"{before}bot{token.replace(':', '%3A')}/{after}",
    ):
        assert secret not in masked(text)


@given(AROUND, phones(), AROUND)
def test_no_phone_gets_through_however_it_is_written(before: str, phone: str, after: str) -> None:
    left = masked(f"{before}{phone}{after}")
    # Dates are the one thing that is spared, and a number can look like one and two digits more.
    if phone[4:5] != "-":
        assert len(only_digits(left)) <= 2


@pytest.mark.parametrize(
    "text",
    [
        "2027-02-01T09:00:00.123456Z",
        "2027-02-01 09:00:00,123 WARNING asyncio",
        "row=123456789 attempt=3 letters=32 pause_s=0.5",
        "sent 5000 of 10000 in 12.5 s",
    ],
)
def test_what_is_no_secret_stays_readable(text: str) -> None:
    assert masked(text) == text


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://svoi:s3cret@db.example/svoi",
        "postgresql://svoi:s3c:r@t@db.example:5432/svoi?ssl=require",
    ],
)
def test_no_password_of_an_address_gets_through(url: str) -> None:
    assert "s3c" not in masked(f"cannot connect to {url}")
    assert "db.example" in masked(url)


class TestLogging:
    def test_events_errors_and_libraries_are_all_masked(
        self, capsys: pytest.CaptureFixture[str]
    ) -> None:
        token, phone = "123456:" + "A" * 35, "+79120000001"
        log = structlog.get_logger()
        log.info("said", phone=phone, nested={"token": token, "phones": [phone]})
        try:
            raise RuntimeError(f"cannot reach http://api/bot{token}/getMe for {phone}")
        except RuntimeError as error:
            log.error("failed", exc_info=error)
            logging.getLogger("some.library").warning("failed", exc_info=error)
            sys.excepthook(type(error), error, error.__traceback__)
        written = capsys.readouterr().err
        assert written.count("<token>") == 4
        assert written.count("<phone …01>") == 5
        assert "AAAA" not in written
        assert "912" not in written

    def test_a_full_or_closed_stderr_stops_nobody(self, monkeypatch: pytest.MonkeyPatch) -> None:
        full = open("/dev/full", "w", buffering=1)  # noqa: SIM115
        with pytest.raises(OSError, match="No space"):
            full.write("a line\n")
        monkeypatch.setattr(sys, "stderr", full)
        structlog.get_logger().error("said to nobody")
        logging.getLogger("some.library").warning("said to nobody")
        with contextlib.suppress(OSError):
            full.close()
        structlog.get_logger().error("said to nobody")
