machine ints "Bounded integers, and what keeps them in their range."

param top: int 1..9 where top != 5 "the highest level"
assume top < 9
enum Phase { UP, DOWN }
var phase: Phase = UP
var level: int 0..9 = 0
var debt: int -3..3 in int -1..1
var start_level: int 0..9 in {0, top}

def step(x: int 0..9) = if x < top then x + 1 else x
def twice(x: int 0..9) = let y = x + x in y - x + x
fun cost(int 0..9): int 0..99

rule rise when level < top { level' = level + 1 }
rule walk { level' = step(level); debt' = -debt }
rule jump { level' in {0, 2, top} debt' in int 0..2 }
rule drift { level' <= level; debt' = 3 * debt - 2 * debt }

property bounded always level <= top and level + debt >= -3
property doubled always twice(level) == 2 * level
property counted always cost(level) >= 0 and level in int 0..9 and level not in {11, 12}
property checked always fit(level - 1, -1, 8) < 9
