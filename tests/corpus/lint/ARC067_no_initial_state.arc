machine m
param low: int 0..3
assume low > 2
enum Mode { OFF, ON }
var level: int 0..3 = low
var mode: Mode = OFF
assume low < 2
rule flip when level > 0 { mode' = ON }
property p always mode == OFF
#! 1:9 ARC067 machine m has no initial state: its assumptions and initial values exclude all
#! 5:5 ARC062 variable level is never written
