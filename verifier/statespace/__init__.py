"""Finite machines as packed states: compiled to tables and straight-line code, explored by one kernel or its twin."""
