"""Which language a person is spoken to in."""

from loyalty.programme import Programme


def spoken_language(programme: Programme, chosen: str | None, reported: str | None) -> str:
    """The chosen one, else the first part of what Telegram reports, else the programme's first."""
    languages = programme.business.languages
    if chosen in languages:
        return chosen
    first_part = (reported or "").split("-")[0].lower()
    return first_part if first_part in languages else languages[0]
