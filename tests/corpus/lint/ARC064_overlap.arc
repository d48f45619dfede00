machine m
enum Mode { LOW, MIDDLE, HIGH }
var mode: Mode = LOW
rule up(far: bool) tag move when mode != HIGH { mode' = if far or mode == MIDDLE then HIGH else MIDDLE }
rule down tag move when mode != LOW { mode' = LOW }
rule reset tag quiet { mode' = LOW }
rule clear tag quiet { mode' = LOW }
arc try: MIDDLE -> HIGH tag tried fails -> stay
property moves deterministic move
property resets deterministic quiet
property tries deterministic tried
property all_rules deterministic
#! 9:10 ARC064 rules up and down overlap: both can fire in one state, and lead to different ones
#! 12:10 ARC064 rules up and down overlap: both can fire in one state, and lead to different ones; so do up and reset, up and clear, up and try.fails, down and try, down and try.fails, reset and try, reset and try.fails, clear and try, clear and try.fails
