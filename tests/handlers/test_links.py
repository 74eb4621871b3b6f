"""How many wrong codes an account may try."""

from handlers.links import ACCOUNTS_MAX, MISSES_MAX, WINDOW_S, Guesses


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_after_a_few_wrong_codes_an_account_is_looked_up_no_more() -> None:
    guesses = Guesses(Clock())
    for _ in range(MISSES_MAX):
        assert guesses.allowed(1)
        guesses.missed(1)
    assert not guesses.allowed(1)
    assert guesses.allowed(2)


def test_a_while_later_it_may_try_again() -> None:
    clock = Clock()
    guesses = Guesses(clock)
    for _ in range(MISSES_MAX):
        guesses.missed(1)
    clock.now = WINDOW_S
    assert guesses.allowed(1)


def test_only_so_many_accounts_are_remembered() -> None:
    guesses = Guesses(Clock())
    for account in range(ACCOUNTS_MAX + 5):
        guesses.missed(account)
    assert len(guesses._missed_at) == ACCOUNTS_MAX
