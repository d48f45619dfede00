"""Graphs over control values: components, candidate paths, shortest routes. The only package that imports networkx."""
