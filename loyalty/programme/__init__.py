"""The programme of one business: its values (`model`), and how its file is read (`load`)."""

from loyalty.programme.load import load_programme, read_programme
from loyalty.programme.mistakes import Mistake, ProgrammeInvalid
from loyalty.programme.model import Programme
from loyalty.programme.text import Text

__all__ = ["Mistake", "Programme", "ProgrammeInvalid", "Text", "load_programme", "read_programme"]
