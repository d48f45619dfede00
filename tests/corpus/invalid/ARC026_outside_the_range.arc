machine m
flags Bits { RUN, SAVE } named ALL = 0b111
index Device[2]
param top: int 0..3 where top == 7
var level: int 0..3 = 4
var other: int 0..3 in {0, 7}
var low: int 10..20
var word: bits[4] = 16
var bit_set: Bits = 0b100
var by_level: int 0..3 -> bool
def f(x: int 0..3) = x
rule up { level' = 4  other' = low }
rule down { level' in {1, 5} by_level' = by_level with [9] = true }
property p always f(-1) == 0 and by_level[8]
property q always word == 0x1f and level < 100
param base: int 0..3
assume f(base + 1) == 1
var first: int 0..3 = base + 1
var second: int 0..3 in {base + base}
#! 2:38 ARC026 ALL is 0b111, which has more than the 2 bits of Bits
#! 5:23 ARC026 initial value of level is 4, outside int 0..3
#! 6:28 ARC026 initial value of other is 7, outside int 0..3
#! 8:21 ARC026 initial value of word is 16, which has more than the 4 bits of bits[4]
#! 9:21 ARC026 initial value of bit_set is 0b100, which has more than the 2 bits of Bits
#! 12:20 ARC026 value of level' in rule up is 4, outside int 0..3
#! 12:32 ARC026 value of other' in rule up is always in int 10..20, outside int 0..3
#! 13:27 ARC026 value of level' in rule down is 5, outside int 0..3
#! 13:57 ARC026 key of the map is 9, outside int 0..3
#! 14:21 ARC026 argument 1 of f is -1, outside int 0..3
#! 14:43 ARC026 key of the map is 8, outside int 0..3
#! 15:27 ARC026 right side of `==` is 0x1f, which has more than the 4 bits of bits[4]
#! 17:8 ARC026 an int in the assumption may leave int 0..3
#! 18:23 ARC026 initial value of first may leave int 0..3
#! 19:22 ARC026 initial value of second may leave int 0..3
