"""What a spec means: evaluation, transitions, and what each claim says. Naive on purpose; the reference for everything."""
