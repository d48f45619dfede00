"""What a spec means: evaluation, transitions, what each claim says. Naive on purpose: the reference for the rest."""
