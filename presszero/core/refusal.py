"""The base of every "no" that a person may read."""


class Refused(Exception):
    """Nothing was changed. The text is a sentence for the person who asked; `next_step` says what they can do."""

    next_step: str = ""
    status: int = 422  # what HTTP says of it

    def __init__(self, sentence: str, next_step: str = "") -> None:
        super().__init__(sentence)
        self.next_step = next_step or self.next_step
