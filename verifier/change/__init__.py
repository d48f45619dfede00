"""Two versions of a machine: what differs in meaning, how much that weighs, and what has been accepted."""
