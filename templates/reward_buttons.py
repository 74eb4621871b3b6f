"""Buttons under rewards, and under the codes that they are fetched with."""

from dataclasses import dataclass

from templates.callbacks import Callback, callback


@callback("reward")
@dataclass(frozen=True)
class OpenReward(Callback):
    """Shows one reward in place of the catalogue."""

    reward: str


@callback("reward_get")
@dataclass(frozen=True)
class RedeemReward(Callback):
    """✅ under a reward; `offer` says which claim at which cost was shown."""

    offer: int
    reward: str


@callback("reward_page")
@dataclass(frozen=True)
class TurnCatalogue(Callback):
    """Another page of the catalogue, in place of what is shown."""

    page: int


@callback("claim")
@dataclass(frozen=True)
class ShowClaim(Callback):
    """The code of a reward that waits."""

    claim_id: int


@callback("claim_cancel")
@dataclass(frozen=True)
class AskCancelClaim(Callback):
    """❌ under a code: asked once more, as the shelf may be empty a moment later."""

    claim_id: int


@callback("claim_return")
@dataclass(frozen=True)
class CancelClaim(Callback):
    """✅: the points back, please."""

    claim_id: int
