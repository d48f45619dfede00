machine m
enum Mode { IDLE, BUSY }
var mode: Moed = IDLE
var flag: boole
var map: Mode -> mode
def f(x: Device) = x == IDLE
property p always mode == BUSY and map[IDLE] == flag
#! 3:11 ARC022 type Moed is not declared
#! 4:11 ARC022 type boole is not declared
#! 5:18 ARC022 mode is a variable, not a type
#! 6:10 ARC022 type Device is not declared
