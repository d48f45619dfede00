"""Formulas of linear time as automata."""
