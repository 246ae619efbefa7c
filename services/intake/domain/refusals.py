"""Why a report is not taken: always a field and a reason the reporter can act on."""


class RefusedError(ValueError):
    """The body cannot be accepted as it is."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(f"{field}: {reason}")
        self.field = field
        self.reason = reason


class MalformedError(ValueError):
    """The bytes are no JSON."""


class StateSecretError(ValueError):
    """The text may hold a state secret: nothing of it may be kept here (domain §6.5).

    `advice` names the channel to use, where the city has said which; its `zh` and `en` are for the reporter.
    """

    def __init__(self, advice: object = None) -> None:
        super().__init__()
        self.advice = advice


class OtherBodyError(ValueError):
    """The idempotency key was used before with another body."""


class UndecidedError(RuntimeError):
    """Another process holds the same idempotency key and has not committed in time."""


class CannotStoreError(ValueError):
    """The database refuses the values of a row: nothing of the call was written."""


class StillUndecidedError(RuntimeError):
    """Another process has written one of the keys and neither committed nor given up."""
