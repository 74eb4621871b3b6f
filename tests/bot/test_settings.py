"""Settings: a wrong one is named in one line, and its value told to nobody."""

import os
import shutil
import sqlite3
import stat
from pathlib import Path

import pytest

from bot.checking import _check_file
from bot.failures import DatabaseUnusable
from bot.settings import Listen, SettingInvalid, read_settings
from storage.database import DatabaseUrlInvalid, driver_url
from storage.schema import HEAD
from tests.bot.processes import ran

TOKEN = "123456:" + "A" * 35
NOBODY = 65_534
HOOK = {"SVOI_WEBHOOK_URL": "https://svoi.example/hook"}


@pytest.fixture(autouse=True)
def _clean(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in list(os.environ):
        if name.startswith("SVOI_"):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


def set_all(monkeypatch: pytest.MonkeyPatch, values: dict[str, str]) -> None:
    for name, value in {"SVOI_BOT_TOKEN": TOKEN, **values}.items():
        monkeypatch.setenv(name, value)


@pytest.mark.parametrize(
    ("wrong", "name"),
    [
        ({"SVOI_BOT_TOKEN": ""}, "SVOI_BOT_TOKEN"),
        ({"SVOI_BOT_TOKEN": "bot-t0ken"}, "SVOI_BOT_TOKEN"),
        ({"SVOI_BOT_TOKEN": "123456:t0ken with spaces and more"}, "SVOI_BOT_TOKEN"),
        ({"SVOI_TELEGRAM_API": "t0ken.example"}, "SVOI_TELEGRAM_API"),
        ({"SVOI_TELEGRAM_API": "ftp://t0ken"}, "SVOI_TELEGRAM_API"),
        ({"SVOI_TELEGRAM_API": "http://t0ken:99999"}, "SVOI_TELEGRAM_API"),
        ({"SVOI_TELEGRAM_API": "http://[::t0ken"}, "SVOI_TELEGRAM_API"),
        ({"SVOI_DATABASE_URL": "mysql://u:t0ken@h/d"}, "SVOI_DATABASE_URL"),
        ({"SVOI_DATABASE_URL": "t0ken"}, "SVOI_DATABASE_URL"),
        ({"SVOI_DATABASE_URL": "sqlite://"}, "SVOI_DATABASE_URL"),
        ({"SVOI_DATABASE_URL": "sqlite:///:memory:"}, "SVOI_DATABASE_URL"),
        ({"SVOI_DATABASE_URL": "sqlite:///a.db?mode=t0ken"}, "SVOI_DATABASE_URL"),
        ({"SVOI_DATABASE_URL": "postgresql://u:p@t0ken:word@h/d"}, "SVOI_DATABASE_URL"),
        ({"SVOI_DATABASE_URL": "postgresql://h/d?opt=t0ken"}, "SVOI_DATABASE_URL"),
        ({"SVOI_OWNER_IDS": "1,t0ken"}, "SVOI_OWNER_IDS"),
        ({"SVOI_OWNER_IDS": "0"}, "SVOI_OWNER_IDS"),
        ({"SVOI_OWNER_IDS": "-5"}, "SVOI_OWNER_IDS"),
        ({"SVOI_OWNER_IDS": "99999999999999999999"}, "SVOI_OWNER_IDS"),
        ({"SVOI_OWNER_IDS": "1 2"}, "SVOI_OWNER_IDS"),
        ({"SVOI_OWNER_IDS": "²"}, "SVOI_OWNER_IDS"),
        (HOOK, "SVOI_WEBHOOK_SECRET"),
        ({**HOOK, "SVOI_WEBHOOK_SECRET": "t0ken with spaces"}, "SVOI_WEBHOOK_SECRET"),
        ({**HOOK, "SVOI_WEBHOOK_SECRET": "x" * 257}, "SVOI_WEBHOOK_SECRET"),
        ({"SVOI_WEBHOOK_URL": "t0ken", "SVOI_WEBHOOK_SECRET": "x"}, "SVOI_WEBHOOK_URL"),
        ({"SVOI_WEBHOOK_LISTEN": "t0ken"}, "SVOI_WEBHOOK_LISTEN"),
        ({"SVOI_WEBHOOK_LISTEN": ":8081"}, "SVOI_WEBHOOK_LISTEN"),
        ({"SVOI_WEBHOOK_LISTEN": "127.0.0.1:0"}, "SVOI_WEBHOOK_LISTEN"),
        ({"SVOI_WEBHOOK_LISTEN": "127.0.0.1:70000"}, "SVOI_WEBHOOK_LISTEN"),
        ({"SVOI_WEBHOOK_LISTEN": "127.0.0.1:²"}, "SVOI_WEBHOOK_LISTEN"),
    ],
)
def test_a_wrong_setting_is_named_and_its_value_is_not_told(
    monkeypatch: pytest.MonkeyPatch, wrong: dict[str, str], name: str
) -> None:
    set_all(monkeypatch, wrong)
    with pytest.raises(SettingInvalid) as refused:
        read_settings()
    assert refused.value.name == name
    assert len(str(refused.value).splitlines()) == 1
    assert "t0ken" not in str(refused.value)
    assert refused.value.expected


def test_all_settings_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    set_all(
        monkeypatch,
        {
            "SVOI_TELEGRAM_API": "http://127.0.0.1:8082",
            "SVOI_DATABASE_URL": "postgresql://u:p@h/d",
            "SVOI_PROGRAMME": "mine.toml",
            "SVOI_OWNER_IDS": " 7000000001, 5 ,",
            "SVOI_WEBHOOK_URL": "https://svoi.example/hook",
            "SVOI_WEBHOOK_SECRET": "s3cret-_",
            "SVOI_WEBHOOK_LISTEN": "[::1]:9000",
        },
    )
    settings = read_settings()
    assert settings.bot_token == TOKEN
    assert settings.owner_ids == {7_000_000_001, 5}
    assert settings.webhook_listen == Listen("::1", 9000)
    assert settings.programme == Path("mine.toml")
    assert TOKEN not in repr(settings)
    assert "s3cret" not in repr(settings)


def test_a_token_alone_is_enough_and_an_empty_setting_is_none(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    set_all(monkeypatch, {"SVOI_WEBHOOK_URL": "", "SVOI_OWNER_IDS": ""})
    settings = read_settings()
    assert settings.webhook_url is None
    assert settings.owner_ids == frozenset()
    assert settings.database_url == "sqlite:///svoi.db"


def test_settings_may_lie_in_a_file_and_the_environment_overrides_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    lines = f"SVOI_BOT_TOKEN={TOKEN}\nSVOI_OWNER_IDS=1,2\n# комментарий\nOTHER=x\n"
    (tmp_path / ".env").write_text(lines, encoding="utf-8")
    assert read_settings().owner_ids == {1, 2}
    monkeypatch.setenv("SVOI_OWNER_IDS", "3")
    assert read_settings().owner_ids == {3}


def test_a_file_of_settings_in_another_encoding_is_named(tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes("SVOI_BOT_TOKEN=ключ".encode("cp1251"))
    with pytest.raises(SettingInvalid) as refused:
        read_settings()
    assert refused.value.name == ".env"


@pytest.mark.parametrize(
    ("given", "driver", "query"),
    [
        ("sqlite:///svoi.db", "sqlite+aiosqlite", {}),
        ("sqlite:////var/svoi.db", "sqlite+aiosqlite", {}),
        ("postgresql://u:p@h:5432/d", "postgresql+asyncpg", {}),
        ("postgres://u:p@h/d", "postgresql+asyncpg", {}),
        ("postgresql+psycopg2://h/d", "postgresql+asyncpg", {}),
        ("postgresql://h/d?sslmode=require", "postgresql+asyncpg", {"ssl": "require"}),
        ("postgresql:///d?host=/run/postgresql", "postgresql+asyncpg", {"host": "/run/postgresql"}),
    ],
)
def test_addresses_as_hosters_write_them_are_read(
    given: str, driver: str, query: dict[str, str]
) -> None:
    url = driver_url(given)
    assert (url.drivername, dict(url.query)) == (driver, query)


def test_the_reason_does_not_tell_the_address() -> None:
    with pytest.raises(DatabaseUrlInvalid) as refused:
        driver_url("postgresql://u:pa:ss@w0rd:h/d")
    assert "w0rd" not in refused.value.reason


class TestTheProcess:
    """One line on stderr, exit code 2."""

    @pytest.fixture
    def env(self) -> dict[str, str]:
        return {"SVOI_BOT_TOKEN": TOKEN, "SVOI_TELEGRAM_API": "http://127.0.0.1:1"}

    async def refused(self, env: dict[str, str], tmp_path: Path) -> str:
        ended = await ran("run", env=env, cwd=tmp_path)
        assert ended.code == 2, ended.err
        (line,) = ended.err.splitlines()
        assert TOKEN not in line
        assert ended.out == ""
        return line

    async def test_a_missing_token(self, tmp_path: Path) -> None:
        assert (await self.refused({}, tmp_path)).startswith("SVOI_BOT_TOKEN: ")

    async def test_a_programme_with_mistakes_or_none(
        self, tmp_path: Path, env: dict[str, str]
    ) -> None:
        (tmp_path / "p.toml").write_text("nonsense = 1\nmore = 2\n")
        line = await self.refused({**env, "SVOI_PROGRAMME": "p.toml"}, tmp_path)
        assert line.startswith("SVOI_PROGRAMME: p.toml: ")
        line = await self.refused({**env, "SVOI_PROGRAMME": "nowhere.toml"}, tmp_path)
        assert line.startswith("SVOI_PROGRAMME: ")
        assert "nowhere.toml" in line

    async def test_a_database_that_cannot_be_written(
        self, tmp_path: Path, env: dict[str, str], sqlite_template: Path
    ) -> None:
        (tmp_path / "not.db").write_text("this is no database, whatever its name says" * 50)
        for url, words in {
            "sqlite:///nowhere/svoi.db": "does not exist",
            "sqlite:///not.db": "is not a SQLite database",
            f"sqlite:///{tmp_path}": "is a folder",
            "postgresql://nobody:pa55word@127.0.0.1:1/svoi": "127.0.0.1:1",
        }.items():
            line = await self.refused({**env, "SVOI_DATABASE_URL": url}, tmp_path)
            assert line.startswith("SVOI_DATABASE_URL: ")
            assert words in line
            assert "pa55word" not in line

    async def test_a_dry_run_of_a_migration_creates_nothing(
        self, env: dict[str, str], tmp_path: Path
    ) -> None:
        told = await ran("migrate", "--dry-run", env=env, cwd=tmp_path)
        assert (told.code, told.out.split(":")[0]) == (0, "would apply")
        assert not os.listdir(tmp_path)

    async def test_a_newer_database(
        self, tmp_path: Path, env: dict[str, str], sqlite_template: Path
    ) -> None:
        shutil.copy(sqlite_template, tmp_path / "svoi.db")
        connection = sqlite3.connect(tmp_path / "svoi.db")
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
        connection.commit()
        connection.close()
        assert HEAD != "9999"
        line = await self.refused(env, tmp_path)
        assert line.startswith("SVOI_DATABASE_URL: ")
        assert "9999" in line


@pytest.mark.skipif(os.geteuid() != 0, reason="asks as another user, which only root may become")
def test_a_read_only_file_or_folder_is_found_by_trying(tmp_path: Path) -> None:
    """Root may write anything: so the question is asked as somebody else."""
    file = tmp_path / "svoi.db"
    sqlite3.connect(file).execute("CREATE TABLE t (n)").connection.close()
    file.chmod(stat.S_IRUSR | stat.S_IRGRP | stat.S_IROTH)
    for folder in (tmp_path, *tmp_path.parents[:2]):
        folder.chmod(0o755)
    assert "read-only" in asked_as_nobody(file)
    assert "cannot be opened" in asked_as_nobody(tmp_path / "new.db")


def asked_as_nobody(file: Path) -> str:
    """What is wrong with the file, for a user who owns nothing; nothing, if nothing is."""
    told, tell = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.setgid(NOBODY)
            os.setuid(NOBODY)
            _check_file(file)
        except DatabaseUnusable as error:
            os.write(tell, error.reason.encode())
        finally:
            os._exit(0)
    os.close(tell)
    os.waitpid(child, 0)
    reason = os.read(told, 1_000).decode()
    os.close(told)
    return reason
