"""`svoi import` as a process: one clear line and exit code 2, or the list is in the database."""

import shutil
from collections.abc import Mapping
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot import cli
from programmes import SERVICE_CENTRE
from tests.bot.processes import ran

ENGLISH = SERVICE_CENTRE.read_text(encoding="utf-8").replace('["ru", "en"]', '["en", "ru"]')


@pytest.fixture
def env(tmp_path: Path) -> Mapping[str, str]:
    (tmp_path / "centre.toml").write_text(ENGLISH, encoding="utf-8")
    for codes in SERVICE_CENTRE.parent.glob("*.txt"):
        shutil.copy(codes, tmp_path)
    return {
        "SVOI_DATABASE_URL": f"sqlite:///{tmp_path / 'svoi.db'}",
        "SVOI_PROGRAMME": str(tmp_path / "centre.toml"),
    }


async def test_a_list_is_imported_into_a_new_database_and_audited(
    env: Mapping[str, str], tmp_path: Path
) -> None:
    text = "Phone,Name,Points\n8 912 000-00-01,Anna,250\n,Nobody,5\n"
    (tmp_path / "list.csv").write_bytes(text.encode())
    dry = await ran("import", "list.csv", "--dry-run", env=env, cwd=tmp_path)
    assert (dry.code, dry.out.splitlines()[0]) == (0, "Dry run, nothing was written. Rows: 2.")
    assert not (tmp_path / "svoi.db").exists()
    done = await ran("import", "list.csv", env=env, cwd=tmp_path)
    assert done.code == 0
    assert "Added: 1" in done.out
    assert "refused: 1" in done.out
    report = (tmp_path / "list.csv.refused.csv").read_text(encoding="utf-8-sig")
    assert report.splitlines()[1] == "3,there is no phone,,Nobody,5"
    audit = await ran("audit", env=env, cwd=tmp_path)
    assert (audit.code, audit.out.split(",")[0]) == (0, "1 clients")


@pytest.mark.parametrize(
    ("name", "data", "line"),
    [
        ("none.csv", None, "none.csv: there is no such file"),
        ("a.csv", b"", "a.csv: the file is empty"),
        ("a.csv", b"Name,Points\nAnna,5\n", 'a.csv: the first line has no column "phone"'),
        ("a.csv", b"Phone,Tel\n1,2\n", 'a.csv: the column "Tel" is there twice'),
        ("a.xlsx", b"PK\x03\x04 no zip", "a.xlsx: the XLSX file is damaged, save it anew"),
        ("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "a.xls: this is an old Excel file"),
    ],
)
def test_what_cannot_be_imported_is_one_line_and_exit_code_2(
    env: Mapping[str, str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    name: str,
    data: bytes | None,
    line: str,
) -> None:
    for key, value in env.items():
        monkeypatch.setenv(key, value)
    monkeypatch.setenv("COLUMNS", "80")
    if data is not None:
        (tmp_path / name).write_bytes(data)
    result = CliRunner().invoke(cli.app, ["import", str(tmp_path / name)])
    assert result.exit_code == 2
    told = result.stderr.strip().splitlines()[-1]
    assert told.startswith(line)
