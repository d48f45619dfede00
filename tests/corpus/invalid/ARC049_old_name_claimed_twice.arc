machine m
enum T was S { A was C, B was C }
index S1 was S[2]
var x was z: T
var y was z: T
control x
rule r was t, t, u { x' = A }
rule split was u { x' = B }
property p was q always true
property o was q always true
#! 2:31 ARC049 `was C` stands twice: the former value has one successor
#! 3:14 ARC049 `was S` stands twice: the former type has one successor
#! 5:11 ARC049 `was z` stands twice: the former variable has one successor
#! 7:15 ARC049 `t` stands twice behind `was`
#! 10:16 ARC049 `was q` stands twice: the former property has one successor
