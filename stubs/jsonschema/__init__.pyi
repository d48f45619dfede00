from collections.abc import Iterator, Mapping

from jsonschema.exceptions import ValidationError

class Draft202012Validator:
    def __init__(self, schema: Mapping[str, object]) -> None: ...
    def iter_errors(self, instance: object) -> Iterator[ValidationError]: ...
