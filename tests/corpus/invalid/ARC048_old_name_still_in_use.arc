machine m
enum T was S { A was B, B, C was D }
enum S { D was E }
var x was y: T
var y: T
var before was z: T
var after was before: T
param p was x: bool
control x
rule r was s, t { x' = A }
arc s: A -> B
property q was o always true
property o always true
#! 2:12 ARC048 type T cannot have been S, which is still there
#! 2:22 ARC048 value A cannot have been B, which is still there
#! 4:11 ARC048 variable x cannot have been y, which is still there
#! 10:12 ARC048 rule r cannot have been s, which is still there
#! 12:16 ARC048 property q cannot have been o, which is still there
