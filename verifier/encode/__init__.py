"""Terms for Z3, and Z3's assignments back as states. The only package that imports z3."""
