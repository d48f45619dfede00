machine m
enum T { A, B }
var x: T
rule r(to: T) { x' = to }
property p every r equals a path of r of length 3..2
property q basis of r of length 0
#! 5:39 ARC045 length 3..2 is empty: a path has LO..HI steps, 1 <= LO <= HI
#! 6:23 ARC045 length 0..0 is empty: a path has LO..HI steps, 1 <= LO <= HI
