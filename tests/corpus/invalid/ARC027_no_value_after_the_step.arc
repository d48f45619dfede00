machine m
var x: bool
def next = x'
rule r when x' { x' = true }
property p always x implies x'
property q every step x implies x'
property s every r equals a path of r through x' 
control mode
enum Mode { A, B }
var mode: Mode
#! 3:12 ARC027 definition next may not mention x', a value after the step
#! 4:13 ARC027 guard of rule r may not mention x', a value after the step
#! 5:29 ARC027 property p may not mention x', a value after the step
#! 7:47 ARC027 interior condition of property s may not mention x', a value after the step
