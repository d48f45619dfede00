"""Graphs over control values: components, candidate paths, pictures. The only package that imports networkx, Graphviz
and Pillow."""
