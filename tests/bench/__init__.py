"""`make bench`: speed beside a bare aiogram bot, in one run on one machine."""
