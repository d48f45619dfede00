machine m
enum Mode { A, B }
var mode: Mode
var x: bool
control x
control mode
arc ab: A -> B
#! 5:9 ARC037 x has type bool; the control variable has an enum or flags type
#! 6:1 ARC037 a machine has one control variable
