machine m
source s = "one"
source s = "two"
enum Mode { A, B, A }
var mode: Mode = A
var mode: bool
param A: bool
def f(x: Mode, x: bool) = x == A
rule go(mode: Mode) tag go when true { }
rule go { mode' = B }
arc ab: A -> B tag ab
property p always some mode in Mode: mode == A
property p never some k in Mode: some k in Mode: k == A
property q always let mode = true in mode
#! 3:8 ARC020 s is already a source
#! 4:19 ARC020 A is already a value of Mode
#! 6:5 ARC020 mode is already a variable
#! 7:7 ARC020 A is already a value of Mode
#! 8:16 ARC020 x is already a local name
#! 9:9 ARC020 mode is already a variable
#! 9:25 ARC020 go is already a rule
#! 10:6 ARC020 go is already a rule
#! 11:20 ARC020 ab is already a rule
#! 12:24 ARC020 mode is already a variable
#! 13:10 ARC020 p is already a property
#! 13:39 ARC020 k is already a local name
#! 14:23 ARC020 mode is already a variable
