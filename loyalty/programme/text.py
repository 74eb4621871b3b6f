"""Words of the programme's file, in the languages that it lists."""

from collections.abc import Iterator, Mapping


class Text(Mapping[str, str]):
    """One text by language, immutable; the first language stands in for one that is missing."""

    __slots__ = ("_by_language",)

    def __init__(self, by_language: Mapping[str, str]) -> None:
        if not by_language:
            raise ValueError("a text needs at least one language")
        self._by_language = dict(by_language)

    @classmethod
    def same(cls, words: str, languages: tuple[str, ...]) -> "Text":
        """The same words in each of the languages: a brand, a proper name."""
        return cls(dict.fromkeys(languages, words))

    def of(self, language: str) -> str:
        """The words in this language, or in the first one."""
        found = self._by_language.get(language)
        return next(iter(self._by_language.values())) if found is None else found

    def __getitem__(self, language: str) -> str:
        return self._by_language[language]

    def __iter__(self) -> Iterator[str]:
        return iter(self._by_language)

    def __len__(self) -> int:
        return len(self._by_language)

    def __hash__(self) -> int:
        return hash(frozenset(self._by_language.items()))

    def __repr__(self) -> str:
        return f"Text({self._by_language!r})"
