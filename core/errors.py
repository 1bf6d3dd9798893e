"""The root of the exceptions that services raise on purpose."""

from typing import Any, ClassVar


class DomainError(Exception):
    """A request that the rules refuse; says in the reader's language what is wrong and what to do.

    `code` is stable and machine-readable; `status` is how the API answers; `field` names the input at fault,
    `part` the object in the body that holds it, if it is not the body itself.
    """

    code: ClassVar[str] = "refused"
    status: ClassVar[int] = 409
    part: str | None = None

    def __init__(self, message: Any, *, field: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.field = field

    def __str__(self) -> str:
        return str(self.message)

    def faults(self) -> list[tuple[str, str]]:
        """Return the inputs at fault, each with what is wrong with it."""
        return [(self.field, str(self))] if self.field else []

    def members(self) -> dict[str, Any]:
        """Return what the API's answer holds besides what every problem has."""
        return {}
