"""The sample business of the demo: who there is, and the two years behind them."""
