"""What a law finds."""

from dataclasses import dataclass


@dataclass(frozen=True)
class LawResult:
    """What checking one law on one model gave."""

    law: str
    """Name of the law."""
    kept: bool | None
    """Whether the model keeps it; None where it does not apply to this model or complex."""
    message: str
    """What was measured, what is broken, or why the law does not apply."""

    def __str__(self) -> str:
        return f"{self.law}: {({True: 'kept', False: 'broken', None: 'does not apply'})[self.kept]}; {self.message}"
