machine m
enum Mode { A, B }
var mode: Mode
def both(a: Mode, b: Mode) = a == b
def low(n: int 0..3) = n < 1
def other(a: Mode) = a
arc uno: both -> A
arc two: A -> low
arc three: other -> B
arc four: {A, C} -> B
arc five: {} -> B
#! 7:10 ARC038 both takes (Mode, Mode); at the end of an arc it must take one Mode
#! 8:15 ARC038 low takes (int 0..3); at the end of an arc it must take one Mode
#! 9:12 ARC023 other, at the end of an arc, has type Mode, expected bool
#! 10:15 ARC021 C is not declared
#! 11:11 ARC038 {} names no value of Mode
