machine m
enum Mode { A, B }
var mode: Mode
var level: int 0..3
var word: bits[8]
var modes: set of Mode
property p1 always mode < B and level & 1 == 1
property p2 always mode + mode == mode and ~level == 3 and -mode == A
property p3 always level << 1 == 2 and word << 1 == 2
property p4 always modes | modes == modes and mode[A] == B
property p5 always (modes with [A] = true) == modes
#! 7:20 ARC033 `<` is defined for ints and bits[N], not for Mode
#! 7:33 ARC033 `&` is defined for bits[N] and flags, not for int 0..3
#! 8:20 ARC033 `+` is defined for ints and bits[N], not for Mode
#! 8:45 ARC033 `~` is defined for bits[N] and flags, not for int 0..3
#! 8:61 ARC033 `-` is defined for ints and bits[N], not for Mode
#! 9:20 ARC033 `<<` is defined for bits[N], not for int 0..3
#! 10:20 ARC033 `|` is defined for bits[N] and flags, not for set of Mode
#! 10:47 ARC033 `[ ]` is defined for maps, not for Mode
#! 11:21 ARC033 `[ ]` is defined for maps, not for set of Mode
