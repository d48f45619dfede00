"""The referee: decides what may be called a verdict. Small, plain, and independent of every engine."""
