"""Figures of the programme are called by words in every language."""

from templates.figure_words import figure_table


def test_both_languages_have_words_for_the_same_figures() -> None:
    russian, english = figure_table("ru"), figure_table("en")
    assert len(russian) > 20
    assert {key: set(words) for key, words in russian.items()} == {
        key: set(words) for key, words in english.items()
    }
