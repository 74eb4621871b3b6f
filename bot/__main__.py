"""`python -m bot` is `svoi`."""

from bot.cli import main

main()
