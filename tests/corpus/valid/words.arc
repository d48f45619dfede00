machine words "Machine words: arithmetic wraps, shifts, masks."

var w: bits[8] = 0xf0
var v: bits[8]
var parity: bool

def low(x: bits[8]) = x & 0b1111
def mixed(x: bits[8]) = (x << 1 | x >> 7) ^ ~x

rule tally { w' = w + 1; v' = 255 - w * 3 }
rule mix { w' = mixed(v) parity' = low(w) == 0 }
rule pick { v' in {0, 1, 0xff} w' = if parity then 1 else w }

property small always low(w) < 16 and 16 > low(v)
property negated always -w + w == 0
