"""The file of a client's own data: a page that any browser opens, without a line of script.

Everything that is not ours is escaped; the page asks the network for nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from templates.labels import Labels

FILE_NAME = "my-data.html"

_STYLE = """
body{font:16px/1.5 system-ui,sans-serif;margin:1rem auto;max-width:60rem;padding:0 1rem;
color:#222;background:#fff}h1{font-size:1.4rem}h2{font-size:1.1rem;margin-top:2rem}
div{overflow-x:auto}table{border-collapse:collapse;width:100%}th,td{text-align:left;
padding:.35rem .6rem;border-bottom:1px solid #ddd;vertical-align:top}th{color:#666;
font-weight:600}pre{white-space:pre-wrap;word-break:break-word;font-size:.8rem}
p.small{color:#666}@media(max-width:40rem){table{font-size:.85rem}th,td{padding:.3rem .4rem}}
"""
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"


@dataclass(frozen=True)
class Section:
    """A table of the page; `columns` empty: pairs of a name and a value."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def data_page(
    labels: Labels, business: str, made_at: str, sections: Sequence[Section], everything: str
) -> bytes:
    """The whole page; `everything` is the same and the rest for a machine to read."""
    title = labels("data_file.title")
    made = labels("data_file.made", when=made_at)
    parts = [
        f'<!doctype html><html lang="{escape(labels.words.lang)}"><head><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">',
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head><body>",
        f"<h1>{escape(title)} · {escape(business)}</h1>",
        f'<p class="small">{escape(made)}</p>',
        *(_section(section, labels) for section in sections),
        f"<h2>{escape(labels('data_file.everything'))}</h2>",
        f'<p class="small">{escape(labels("data_file.everything_is"))}</p>',
        f"<details><summary>{escape(labels('data_file.open'))}</summary>",
        f"<pre>{escape(everything)}</pre></details></body></html>",
    ]
    return "".join(parts).encode("utf-8", "replace")


def _section(section: Section, labels: Labels) -> str:
    head = f"<h2>{escape(section.title)}</h2>"
    if not section.rows:
        return head + f'<p class="small">{escape(labels("data_file.nothing"))}</p>'
    names = "".join(f"<th>{escape(name)}</th>" for name in section.columns)
    names = f"<tr>{names}</tr>" if names else ""
    rows = "".join(_row(row, is_pair=not section.columns) for row in section.rows)
    return f"{head}<div><table>{names}{rows}</table></div>"


def _row(row: tuple[str, ...], *, is_pair: bool) -> str:
    cells = [escape(cell) for cell in row]
    first = f"<th>{cells[0]}</th>" if is_pair else f"<td>{cells[0]}</td>"
    return f"<tr>{first}{''.join(f'<td>{cell}</td>' for cell in cells[1:])}</tr>"
