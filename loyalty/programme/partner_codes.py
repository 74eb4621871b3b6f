"""A partner's codes: a file beside the programme's, one code a line."""

from pathlib import Path, PurePath

from loyalty.programme.values import as_line, shown
from loyalty.refusals import Refusal

CODE_MAX_CHARS = 64
CODES_MAX = 100_000
FILE_MAX_BYTES = 10_000_000


class CodesUnreadable(Refusal):
    """The file is not there, or is not a list of codes."""

    def __init__(self, expected: str, got: str) -> None:
        super().__init__(expected, got)
        self.expected = expected
        self.got = got


def codes_path(folder: Path, codes: str) -> Path:
    """Where the file lies; raises CodesUnreadable for one outside the programme's folder."""
    named = PurePath(codes)
    if named.is_absolute() or ".." in named.parts:
        raise CodesUnreadable("a file in the programme's own folder", shown(codes))
    return folder / named


def read_codes(path: Path) -> tuple[str, ...]:
    """The codes in the file's order, blank lines left out; raises CodesUnreadable."""
    try:
        if path.stat().st_size > FILE_MAX_BYTES:
            raise CodesUnreadable(f"a file of at most {FILE_MAX_BYTES} bytes", "a larger one")
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except OSError as error:
        raise CodesUnreadable(f"the file {path.name}", error.strerror or "no file") from error
    except UnicodeDecodeError as error:
        raise CodesUnreadable("a file in UTF-8", "another encoding") from error
    expected = f"one code of 1 to {CODE_MAX_CHARS} characters a line, each of them once"
    codes: dict[str, None] = {}
    for number, line in enumerate(lines, 1):
        code = as_line(line, CODE_MAX_CHARS)
        if not line.strip():
            continue
        if code is None or code in codes:
            raise CodesUnreadable(expected, f"{shown(line)} in line {number}")
        codes[code] = None
    if len(codes) > CODES_MAX:
        raise CodesUnreadable(f"at most {CODES_MAX} codes", str(len(codes)))
    return tuple(codes)
