"""One life with a bit of everything, always the same."""

from loyalty.invitations import Term
from tests.machine.life import Life

# What has happened at the end of it, beside what the smallest business does every day.
STORIES = frozenset(
    {
        "agree: Agreed",
        "apology: ApologyGiven",
        "approved points",
        "approved visit",
        "ask: PointsRefused",
        "code: NoCodesLeft",
        "decline: Answered",
        "dispute: Opened",
        "erase: Erased",
        "invitation withdrawn",
        "merge",
        "return: Returned",
        "reward",
        "settle: Closed",
        "time: expiry",
        "time: lower level than vip",
        "time: prize",
        "time: visit",
        "undo: Undone",
        "withdraw: Withdrawn",
    }
)


def tell_stories(life: Life) -> None:
    """Anna is client 0, Boris 1, Vera 2; the books are looked at after each story."""
    anna, boris, vera = 0, 1, 2
    life.opens(pending_days=3, lifetime_days=40, fate=0)
    stories = (
        lambda: life.registers(n=vera, phone=vera, adverts=False),
        lambda: life.all_take_codes(n=anna, partner="kino"),
        # Of the contest: Vera was there before Boris, with as many visits, and Anna after both.
        lambda: life.comes(n=vera, bill=100_000, service="repair"),
        lambda: life.comes(n=vera, bill=100_001, service="filter"),
        lambda: life.comes_with_a_large_bill(n=boris, bill=3_000_000, ends="approved"),
        lambda: life.comes_with_a_large_bill(n=boris, bill=2_600_000, ends="refused"),
        # Points of the first day are disputed, and cannot be spent until that is settled.
        lambda: life.disputes_receipt(n=anna, receipt=0),
        lambda: life.pays_with_points(n=anna, bill=1_000_000, thousandths=950),
        lambda: life.spends_while_asked(n=anna, bill=200_000, points=-350),
        lambda: life.asks_about_a_large_bill(
            n=anna, bill=2_600_000, thousandths=200, by_owner=True
        ),
        lambda: life.undoes(n=-1),
        lambda: life.returns_what_rests(n=boris, bill=600_000, hours=24),
        life.two_mornings,
        lambda: life.gives_prizes_again(code="sprint"),
        lambda: life.merges_with_all_it_has(n=vera, other=boris, reward="mug", term=Term.QUARTER),
        lambda: life.withdraws_dispute(n=1),
        lambda: life.withdraws_invitation(n=boris),
        # They stay when the others of their day run out, and go once they are free.
        lambda: life.time_passes(hours=24 * 31 + 14, awake=True),
        life.two_mornings,
        life.two_mornings,
        lambda: life.settles(n=0, apology=300),
        lambda: life.spends_what_goes_back(n=anna, bill=900_000),
        lambda: life.is_invited_for_a_while(n=boris, term=Term.QUARTER, bill=500_000),
        lambda: life.redelivers(n=7),
        lambda: life.erases(n=anna, by_owner=True),
    )
    life.adds_up()
    for story in stories:
        story()
        life.adds_up()
