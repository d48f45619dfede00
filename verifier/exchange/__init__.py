"""Machines in the languages of other model checkers: each says the same, or says what it cannot say and why."""
