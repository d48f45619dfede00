machine m
enum Mode { A, B }
var left: Mode
var right: Mode
arc ab: A -> B
arc ba: B -> A
rule r { left' = A }
property p every r equals a path of r
#! 5:5 ARC037 arc ab needs a control variable: more than one variable has an enum or flags type
