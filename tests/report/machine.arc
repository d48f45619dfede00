machine sample "A machine with a value of every kind."

param fast: bool
param width: int 1..3

enum State { STOP, RUN, LOAD }
flags Bits { X, Y } named NONE = {}
index Cpu[2]
opaque Image
fun load(Image, State): Image

var state: State = RUN
var set_bits: Bits = {}
var image: Image
var owner: Cpu -> bool
var seen: set of State = {}
control state

rule go(new: State) "The user writes the state; the device follows. It may take long." by user
  when new != state
  { state' = new  image' = if new == LOAD then load(image, state) else image }

rule fault by device { state' = STOP  set_bits' = {X, Y} }
rule idle "Nothing happens." { state' = state }

table next: State, State -> State from c "next.c" table next_state
  |      | STOP | RUN  | LOAD |
  | STOP | STOP | RUN  | LOAD |
  | RUN  | STOP | RUN  | LOAD |
  | LOAD | STOP | STOP | LOAD |

property always_running "The device always runs." always (state == RUN)
property every_go every go equals a path of go of length 2..3 observing state, image
property go_basis basis of go
property go_routes routes go shortest matching next
property table_is_c next matches c "next.c" table next_state
property stops state == RUN leads to state == STOP assuming fair fault
