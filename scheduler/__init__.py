"""Time wakes us here: what is due is computed from the database and claimed once."""
