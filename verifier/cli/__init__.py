"""The command `arcproof`: arguments, files and exit codes. Only this package prints."""
