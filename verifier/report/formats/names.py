"""The names of the formats, apart from the renderers, which a command line need not load."""

NAMES = ("text", "json", "markdown", "sarif", "junit", "github", "gitlab", "mail")
