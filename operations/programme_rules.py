"""The rules of the programme as clients read them, and what fills an owner's own words."""

from loyalty.programme import Level, Programme
from operations.own_texts import own_text
from operations.standing import cashback_of
from templates import own_texts as screens
from templates.own_texts import Filling, OwnText


def filling_of(programme: Programme, language: str, *, name: str, level: Level) -> Filling:
    """What the placeholders stand for."""
    return Filling(
        name=name,
        business=programme.business.name,
        welcome_points=programme.points.welcome,
        point_value=programme.points.value,
        max_share=programme.redeeming.max_share_percent,
        min_points=programme.redeeming.min_points,
        lifetime_days=programme.points.lifetime_days,
        level=level.name.of(language),
        cashback=cashback_of(programme, level),
        discount=level.discount_percent,
    )


def show_rules(programme: Programme, language: str, *, name: str) -> screens.Rules:
    """The rules of the programme, for whoever asks."""
    rules, levels = programme.referral, programme.tiers.levels
    open_levels = [level for level in levels if not level.invitation_only]
    cashbacks = [cashback_of(programme, level) for level in open_levels]
    steps = [step.cashback_percent for step in programme.earning.steps]
    return screens.Rules(
        business=programme.business.name,
        text=own_text(programme, OwnText.RULES, language),
        filling=filling_of(programme, language, name=name, level=open_levels[0]),
        cashback_from=min(cashbacks),
        cashback_to=max([*cashbacks, *steps]),
        pending_days=programme.points.pending_days,
        friend_points=0 if rules is None else rules.friend_points,
        qualifying_bill=0 if rules is None else rules.qualifying_bill,
        birthday_points=0 if programme.birthday is None else programme.birthday.points,
        has_levels=programme.tiers.stated,
    )
