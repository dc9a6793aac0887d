"""No answer may cost more than its bound: what asks for more is refused, and told by what to narrow it (decisions.md D59)."""


class TooMuch(Exception):
    """More rows would have to be weighed or shown than one answer may cost.

    ``narrow_by`` names what the caller can narrow the question by: the parameter of a request.
    """

    def __init__(self, narrow_by: str, text: str) -> None:
        super().__init__(text)
        self.narrow_by = narrow_by
