"""The root of what the rules refuse; each refusal stands beside the rule that raises it."""


class Refusal(Exception):
    """An input or a request that the rules turn down; subclasses carry the facts, not prose."""
