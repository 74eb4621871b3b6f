"""From a programme's file to its values."""

from pathlib import Path

from loyalty.programme.model import Programme


def read_programme(text: str, *, file_name: str, folder: Path | None) -> Programme:
    """The programme that this text describes; raises ProgrammeInvalid with every mistake."""
    raise NotImplementedError


def load_programme(path: Path) -> Programme:
    """The programme of this file; raises ProgrammeInvalid, also if it cannot be read."""
    raise NotImplementedError
