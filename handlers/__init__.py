"""People wake us here: each handler parses, calls one operation, renders, returns its replies.

Handlers send nothing. What they return (aiogram's unsent methods, or a `Message` context for a
picture that is drawn as it is sent) goes to the outbox in the transaction of its effects.
"""
