from collections.abc import Iterable

class ValidationError(Exception):
    message: str
    @property
    def absolute_path(self) -> Iterable[str | int]: ...

def best_match(errors: Iterable[ValidationError]) -> ValidationError | None: ...
