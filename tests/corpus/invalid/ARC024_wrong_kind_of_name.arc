machine m
enum Mode { IDLE, BUSY }
flags Bits { RUN, SAVE } named STOP = {HALT} NOW = {NOW}
index Device[2]
fun f(Mode): Mode
def g(x: Mode) = x == IDLE
var mode: Mode
var flags_now: Bits = RUN
var then_flags: Bits = {STOP}
control mode
var others: Device -> bool
property p1 always Mode == mode
property p2 always f == g
property p3 always mode(IDLE) == IDLE and flags_now == {RUN, IDLE}
property p4 always others[Device[0]]
property p5 g matches c "a.c" table t
property p6 always mode in {RUN}
property p7 routes r shortest matching mode
rule r { mode' = BUSY }
#! 3:40 ARC024 HALT is not a bit of Bits
#! 3:53 ARC024 NOW is not a bit of Bits
#! 8:23 ARC024 RUN is a bit of Bits, not a value
#! 9:25 ARC024 STOP is a value of Bits, not a bit of Bits
#! 12:20 ARC024 Mode is a type, not a value
#! 13:20 ARC024 f is a function, not a value
#! 13:25 ARC024 g is a definition, not a value
#! 14:20 ARC024 mode is a variable, and cannot be called
#! 14:62 ARC024 IDLE is a value of Mode, not a bit of Bits
#! 15:27 ARC024 the individuals of Device have no names
#! 16:13 ARC024 g is a definition, not a table
#! 17:29 ARC024 RUN is a bit of Bits, not a value
#! 18:40 ARC024 mode is a variable, not a table or a definition
