"""What the tests of `templates/` share."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from templates import callbacks, messages, rendering
from templates.rendering import Renderer, environment
from tests.templates.business import make_renderer


@pytest.fixture
def renderer() -> Renderer:
    return make_renderer()


@pytest.fixture
def scratch(monkeypatch: pytest.MonkeyPatch) -> None:
    """Messages and callbacks that the test declares are forgotten after it."""
    monkeypatch.setattr(messages, "_registry", dict(messages.all_messages()))
    monkeypatch.setattr(callbacks, "_registry", callbacks.all_callbacks())


@pytest.fixture
def write_template(
    scratch: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[str, str], None]]:
    """Templates of the test's own, in both languages, in place of ours."""

    def write(name: str, source: str) -> None:
        for lang in ("ru", "en"):
            path = tmp_path / lang / f"{name}.j2"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(source, encoding="utf-8")

    monkeypatch.setattr(rendering, "FOLDER", tmp_path)
    environment.cache_clear()
    yield write
    environment.cache_clear()
