machine m
enum T { A, start }
var goal: T
def fit(x: T) = x == A
rule r(goal: T) { }
property p always all start in T: start == A
#! 2:13 ARC046 start is reserved: the control value before a path
#! 3:5 ARC046 goal is reserved: the control value after a path
#! 4:5 ARC046 fit is reserved: the check that an int is in a range
#! 5:8 ARC046 goal is reserved: the control value after a path
#! 6:23 ARC046 start is reserved: the control value before a path
