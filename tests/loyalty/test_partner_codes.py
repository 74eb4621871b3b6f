"""The files of codes that partners give."""

from pathlib import Path

import pytest

from loyalty.programme import ProgrammeInvalid, load_partner_codes, load_programme
from loyalty.programme.partner_codes import CodesUnreadable
from tests.loyalty.programme_files import BUSINESS

PARTNER = '[[partners]]\ncode = "kino"\nname = "Kino"\noffer = "Popcorn"\n'


def written(folder: Path, codes_file: str, codes: bytes | None) -> Path:
    """A programme with a partner, and beside it this content of the file codes.txt."""
    path = folder / "programme.toml"
    path.write_text(f'{BUSINESS}{PARTNER}codes = "{codes_file}"\n', encoding="utf-8")
    if codes is not None:
        (folder / "codes.txt").write_bytes(codes)
    return path


def test_codes_are_read_one_a_line_and_blank_lines_are_none(tmp_path: Path) -> None:
    programme = load_programme(written(tmp_path, "codes.txt", b"\xef\xbb\xbfA-1\r\n\r\n B 2 \n"))
    assert load_partner_codes(programme, programme.partners[0]) == ("A-1", "B 2")


@pytest.mark.parametrize(
    ("codes_file", "codes", "got"),
    [
        ("codes.txt", None, "No such file or directory"),
        ("codes.txt", b"A\nB\nA\n", '"A" in line 3'),
        ("codes.txt", b"A\n" + b"x" * 65, "in line 2"),
        ("codes.txt", b"A\nB\x00\n", "in line 2"),
        ("codes.txt", b"\xca\xe0\xf4\xe5", "another encoding"),
        (".", None, "Is a directory"),
        ("../codes.txt", None, '"../codes.txt"'),
        ("/etc/passwd", None, '"/etc/passwd"'),
    ],
)
def test_codes_that_cannot_be_given_out_stop_the_start(
    tmp_path: Path, codes_file: str, codes: bytes | None, got: str
) -> None:
    with pytest.raises(ProgrammeInvalid) as refused:
        load_programme(written(tmp_path, codes_file, codes))
    (mistake,) = refused.value.mistakes
    assert mistake.key == "partners[0].codes"
    assert got in mistake.got


def test_codes_that_vanished_after_the_start_are_told(tmp_path: Path) -> None:
    programme = load_programme(written(tmp_path, "codes.txt", b"A\n"))
    (tmp_path / "codes.txt").unlink()
    with pytest.raises(CodesUnreadable):
        load_partner_codes(programme, programme.partners[0])


def test_a_partner_without_codes_has_none(tmp_path: Path) -> None:
    path = tmp_path / "programme.toml"
    path.write_text(BUSINESS + PARTNER, encoding="utf-8")
    programme = load_programme(path)
    assert load_partner_codes(programme, programme.partners[0]) == ()
