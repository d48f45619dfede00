machine arcs "Arcs over an enum: every kind of end, clauses, and failures."

source handbook = "a handbook"

enum Mode { OFF "nothing moves", READY, BUSY = 4, BROKEN }
param spare: bool
var mode: Mode = OFF
var load: int 0..3 = 0
var retry: bool = false

def idle(m: Mode) = m in {OFF, READY}
def home = OFF

arc wake: OFF -> READY
arc work(amount: int 1..3): READY -> BUSY "Work is taken in."
  by user cite handbook "page 3", handbook tag motion, effort when spare or amount < 3
  { load' = amount }
arc finish: BUSY -> {OFF, READY} by device tag motion { load' = 0; retry' = false }
  fails -> BROKEN "The device broke." { retry' in bool }
arc pause: {READY, BUSY} -> home fails -> stay
arc jolt: idle -> idle fails -> {BROKEN, stay} { load' in {0, 1} }
arc settle: any -> idle when load == 0
arc anything: BROKEN -> any cite handbook { load' = 0 }
arc go(m: Mode): idle -> m when m != mode

property failures mode == BROKEN reached only via finish.fails, jolt, anything, go
property tagged deterministic motion.fails
property all_tagged deterministic motion
