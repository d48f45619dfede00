machine m
enum Mode { IDLE, BUSY }
enum Colour { RED, GREEN }
opaque Image
opaque Data
flags Bits { RUN, SAVE }
control mode
fun load(Image, Data): Image
var mode: Mode = RED
var colour: Colour in {RED, IDLE}
var level: int 0..3 = true
var image: Image
var data: Data
var bit_set: Bits = 3
var word: bits[8]
var by_mode: Mode -> Colour
var modes: set of Mode = {RED}
def is_red(c: Colour) = c == RED
rule grant when level { mode' = colour  image' = load(data, image)  level' = word }
rule put { by_mode' = by_mode with [RED] = IDLE; level == mode }
arc ab: IDLE -> RED
property p1 always mode == colour
property p2 always 3 == mode and level in modes
property p3 always not level or (level implies mode == IDLE) and level
property p4 always if level then mode == IDLE else colour
property p5 always is_red(mode) and mode in {IDLE, RED} and RUN in mode
property p6 always mode in bit_set and word == bit_set and by_mode[colour] == RED
property p7 always all d in mode: true
property p8 always (each d in modes: true) == (each d in Mode: true)
property p9 level leads to data
property p10 always (if mode == IDLE then RED else IDLE) == RED
property p11 routes ab shortest matching is_red
property p12 routes ab shortest blocked start == goal as RED
#! 9:18 ARC023 initial value of mode has type Colour, expected Mode
#! 10:29 ARC023 initial value of colour has type Mode, expected Colour
#! 11:23 ARC023 initial value of level has type bool, expected int 0..3
#! 14:21 ARC023 initial value of bit_set has type int, expected Bits
#! 17:27 ARC023 element of the set has type Colour, expected Mode
#! 19:17 ARC023 guard of rule grant has type int, expected bool
#! 19:33 ARC023 value of mode' in rule grant has type Colour, expected Mode
#! 19:55 ARC023 argument 1 of load has type Data, expected Image
#! 19:61 ARC023 argument 2 of load has type Image, expected Data
#! 19:78 ARC023 value of level' in rule grant has type bits[8], expected int 0..3
#! 20:37 ARC023 key of the map has type Colour, expected Mode
#! 20:59 ARC023 right side of `==` has type Mode, expected int 0..3
#! 21:17 ARC023 end of the arc has type Colour, expected Mode
#! 22:28 ARC023 right side of `==` has type Colour, expected Mode
#! 23:20 ARC023 left side of `==` has type int, expected Mode
#! 23:34 ARC023 left side of `in` has type int, expected Mode
#! 24:24 ARC023 operand of `not` has type int, expected bool
#! 24:34 ARC023 left side of `implies` has type int, expected bool
#! 24:66 ARC023 operand of `and` has type int, expected bool
#! 25:23 ARC023 condition of `if` has type int, expected bool
#! 25:52 ARC023 condition of property p4 has type Colour, expected bool
#! 26:27 ARC023 argument 1 of is_red has type Mode, expected Colour
#! 26:52 ARC023 element of the set has type Colour, expected Mode
#! 26:68 ARC023 right side of `in` has type Mode, expected Bits
#! 27:28 ARC023 right side of `in` has type Bits, expected a set
#! 27:48 ARC023 right side of `==` has type Bits, expected bits[8]
#! 27:68 ARC023 key of the map has type Colour, expected Mode
#! 28:29 ARC023 the domain of `all` has type Mode, expected a type or a set
#! 29:31 ARC023 `each` makes a map, which has a value for every key: it ranges over a type, not over a set
#! 30:13 ARC023 trigger of property p9 has type int, expected bool
#! 30:28 ARC023 response of property p9 has type Data, expected bool
#! 31:52 ARC023 else branch of `if` has type Mode, expected Colour
#! 32:42 ARC023 is_red takes (Colour), expected (Mode, Mode): start and goal
#! 33:58 ARC023 mark of blocked pairs of property p12 has type Colour, expected Mode
