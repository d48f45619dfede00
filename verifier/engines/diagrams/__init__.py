"""Decision diagrams: sets of states as Boolean functions of the bits of a state (Bryant 1986; Burch et al. 1990).

Only this package imports OxiDD, and only when a diagram is made.
"""
