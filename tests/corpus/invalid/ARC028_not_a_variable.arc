machine m
enum Mode { A, B }
param top: Mode
var mode: Mode
def twice(x: Mode) = x == A
rule r(new: Mode) { top' = A  new' = A  mode' = twice'  A' in Mode }
property p every r equals a path of r observing top, mode
#! 6:21 ARC028 top is a parameter; only variables have a value after the step
#! 6:31 ARC028 new is a local name; only variables have a value after the step
#! 6:49 ARC028 twice is a definition; only variables have a value after the step
#! 6:57 ARC028 A is a value of Mode; only variables have a value after the step
#! 7:49 ARC028 top is a parameter; only variables are observed
