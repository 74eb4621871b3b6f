"""The only SQL of the project: tables, and one module of queries a noun.

Every query function takes the open connection first (`db`), returns domain values or plain rows,
and never commits: the transaction belongs to whoever opened it (`storage.database`).
"""
