"""All that the business can do, one function each, inside the open transaction it is given.

An operation takes a `Tx` and plain values and returns a frozen result that says what happened.
It never commits, sleeps, sends or reads the system's clock.
"""
