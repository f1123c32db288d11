"""What the command line says when it will not go on: one plain sentence, and the way on."""


class Refusal(Exception):
    """The text is shown as it stands, without a traceback; the exit code is 1."""
