"""The root of the exceptions that services raise on purpose."""

from typing import Any


class DomainError(Exception):
    """A request that the rules refuse; says in the reader's language what is wrong and what to do.

    `code` is stable and machine-readable; `field` names the input at fault where there is one.
    """

    code = "refused"

    def __init__(self, message: Any, *, field: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.field = field

    def __str__(self) -> str:
        return str(self.message)
