"""How large and how deep a spec may be: a spec may come from a stranger's patch."""

MAX_BYTES = 1_000_000
"""The largest file, in bytes."""

MAX_TOKENS = 200_000
"""The most words and signs of a file."""

MAX_NAME = 200
"""The longest name, in characters."""

MAX_DIGITS = 200
"""The longest number, in characters."""

MAX_DEPTH = 200
"""The deepest nesting of brackets, and the greatest height of an expression's tree."""

MAX_ERRORS = 200
"""The most errors reported of one file."""
