"""Posters: a page for each branch, whose code says in which one it hung."""

import hashlib

from operations.authority import require
from operations.deep_links import Source, deep_link
from operations.registration import promise_of
from operations.senders import Role, Sender
from operations.staff import branches_of
from operations.transaction import Tx
from templates.pictures.poster import PosterKind
from templates.posters import Poster

_CODE_CHARS = 10


def branch_source(branch: str) -> Source:
    """The source that a branch's poster carries: made of its name alone, so that a page which has
    hung for years still says where, however the list of branches was changed."""
    return Source("branch-" + hashlib.sha256(branch.encode()).hexdigest()[:_CODE_CHARS])


def branch_of_source(tx: Tx, source_code: str) -> str | None:
    """The branch whose poster brought somebody; None: another source, or a branch given up."""
    found = (b for b in branches_of(tx.programme) if branch_source(b).code == source_code)
    return next(found, None)


def branch_posters(
    tx: Tx, *, actor: Sender, branch: str, bot_username: str
) -> tuple[Poster, Poster]:
    """The page as a picture, and as a PDF to be printed."""
    require(actor, Role.OWNER)
    business, referral = tx.programme.business, tx.programme.referral
    png, pdf = (
        Poster(
            business=business.name,
            branch=branch,
            promise=promise_of(tx.programme),
            referrer_points=referral.referrer_points if referral else 0,
            friend_points=referral.friend_points if referral else 0,
            link=deep_link(bot_username, branch_source(branch)),
            address=f"t.me/{bot_username}",
            language=business.languages[0],
            kind=kind,
        )
        for kind in (PosterKind.PNG, PosterKind.PDF)
    )
    return png, pdf
