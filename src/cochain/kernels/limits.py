"""The refusal of an enumeration that would fill more memory than its caller allows.

Every enumeration of this floor counts first and fills afterwards. Between the two it calls `refuse_above`, so that the
memory is never taken for a result that nobody wanted; the rooms above turn the refusal into a message for the user.
"""


class LimitError(Exception):
    """An enumeration that was counted and not filled.

    Attributes:
        size: vertices of each thing that was counted, 0 where they differ in size.
        count: how many there are; a lower bound where `exact` is False.
        limit: how many the caller allows.
        exact: False where the counting stopped as soon as the limit was passed.
    """

    def __init__(self, size: int, count: int, limit: int, exact: bool = True) -> None:
        super().__init__(f"at most {limit} should be enumerated, but there are {count} of size {size}")
        self.size = size
        self.count = count
        self.limit = limit
        self.exact = exact


def refuse_above(limit: int | None, count: int, size: int = 0, exact: bool = True) -> None:
    """Raise `LimitError` when `count` passes `limit`; None allows everything."""
    if limit is not None and count > limit:
        raise LimitError(size, count, limit, exact)
