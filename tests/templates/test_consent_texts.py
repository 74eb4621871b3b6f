"""A consent is to words: who changes them counts the version up, and adds a line here."""

import hashlib
from pathlib import Path

import pytest

import templates
from templates.registration import ADVERT_CONSENT_VERSION, DATA_CONSENT_VERSION

FOLDER = Path(templates.__file__).parent

# The beginning of SHA-256 over the Russian and the English words together.
WORDS_OF_VERSION = {
    "data-1": "1dc6b9a5eabdd899",
    "data-2": "ab5625234fc5eef8",
    "advert-1": "57063a6a2791e597",
}


@pytest.mark.parametrize(
    ("kind", "version"), [("data", DATA_CONSENT_VERSION), ("advert", ADVERT_CONSENT_VERSION)]
)
def test_the_words_are_those_of_their_version(kind: str, version: str) -> None:
    both = [FOLDER / lang / "registration" / f"_consent_{kind}.j2" for lang in ("ru", "en")]
    digest = hashlib.sha256(b"".join(path.read_bytes() for path in both)).hexdigest()
    assert WORDS_OF_VERSION[version] == digest[:16]
