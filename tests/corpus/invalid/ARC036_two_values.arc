machine m
enum Mode { A, B }
var mode: Mode
var x: bool
rule r { x' = true  x' = false }
arc ab: A -> B { mode' in Mode  x' = true } fails -> A { mode' = B }
arc open: A -> any { mode' = B }
#! 5:21 ARC036 rule r gives x' a value twice
#! 6:18 ARC036 rule ab gives mode' a value twice
#! 6:58 ARC036 rule ab.fails gives mode' a value twice
