machine m
var x: int 0..12monkeys
var w: bits[8] = 0b12
#! 2:15 ARC004 `12monkeys` is not a number
#! 3:18 ARC004 `0b12` is not a number
