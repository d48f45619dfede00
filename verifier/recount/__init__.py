"""Counting the reachable states again, independently of every search: the checker's own means for large machines."""
