"""Proofs kept for another run: certificates on disk, each of which is certified anew when it is used."""
