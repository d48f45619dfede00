machine m
enum Mode { OFF, ON, BROKEN }
var mode: Mode = OFF
var level: int 0..3 = 0
rule switch_on when mode == OFF { mode' = ON }
rule switch_off when mode == ON { mode' = OFF }
rule mend when mode == BROKEN { mode' = OFF }
rule nowhere(to: Mode) when to == ON and to != ON and level == 0 { mode' = to }
rule tally when mode == ON { level' = if level == 0 then 2 else 0 }
rule odd when level == 1 { level' = 0 }
#! 7:6 ARC060 rule mend can never fire: no run reaches a state of which its guard is true
#! 8:6 ARC060 rule nowhere can never fire: its guard is true of no state, reachable or not
#! 10:6 ARC060 rule odd can never fire: no run reaches a state of which its guard is true
