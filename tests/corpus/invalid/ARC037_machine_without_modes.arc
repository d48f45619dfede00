machine m
var x: bool
rule r { x' = not x }
property p routes r shortest
property q basis of r
#! 4:12 ARC037 property p needs a control variable: no variable has an enum or flags type
