"""The one kind of error that a learner is meant to read."""


class HallyuError(Exception):
    """What was wrong, where, and what to do, in one sentence.

    Command line and apps show the message as it is, without a traceback.
    """
