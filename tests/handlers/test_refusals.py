"""Whatever a person can be refused for has its words."""

import importlib
import pkgutil
from collections.abc import Iterator

import pytest

import handlers
import loyalty
import operations
from handlers.refusals import WORDS
from loyalty.refusals import Refusal

# Raised to callers only, who decide what is said; or faults that nobody in a chat can cause.
ANSWERED_ELSEWHERE = {
    "CodesUnreadable",
    "KeyReused",
    "MoreThanLeft",
    "NothingLeftToReverse",
    "ProgrammeInvalid",
    "VisitUnreadable",
    "WhoUnreadable",
}


def every_refusal() -> Iterator[type[Refusal]]:
    for package in (loyalty, operations, handlers):
        for module in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
            importlib.import_module(module.name)
    waiting: list[type[Refusal]] = [Refusal]
    while waiting:
        kinds = waiting.pop().__subclasses__()
        waiting += kinds
        yield from (kind for kind in kinds if kind.__module__.split(".")[0] != "tests")


@pytest.mark.parametrize("kind", sorted(set(every_refusal()), key=lambda kind: kind.__name__))
def test_every_refusal_is_told_in_words(kind: type[Refusal]) -> None:
    has_words = any(base in WORDS for base in kind.__mro__)
    assert has_words != (kind.__name__ in ANSWERED_ELSEWHERE)
