"""The search: one file an algorithm, one Protocol, one registry. Nothing here is trusted."""
