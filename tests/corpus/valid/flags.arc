machine flag_sets "Sets of bits: values, tests, operators, a flags control variable."

flags Bits { RUN, SAVE "saves", LOAD } "three mask"
  named STOP = {}
        BOTH = {RUN, SAVE} "both"
        LAST = 0b100

var mask: Bits = {RUN}
var old: Bits in {STOP, BOTH, {LOAD}}
var any_bits: Bits

def quiet(s: Bits) = RUN not in s
def merged(a: Bits, b: Bits) = (a | b) & ~(a ^ b)

rule write(new: Bits) when new != mask and (new & mask) == {} { mask' = new old' = mask }
rule set_bit when SAVE not in mask { mask' = mask | {SAVE} }
rule clear { mask' = mask & ~{SAVE, LOAD} any_bits' in {0b1, STOP, {RUN, LOAD}} }
rule choose { mask' = if RUN in mask then STOP else 0b110 }
arc rest: {RUN, SAVE} -> STOP
arc several: {STOP, BOTH} -> {LAST, BOTH} fails -> {LAST, stay}
arc calm: quiet -> {}
control mask

property tests always quiet(mask) or mask in {BOTH, {RUN}, {RUN, LOAD}, 0b111}
property masks always merged(mask, old) == merged(old, mask)
property words never mask == 0x7 and STOP == old
