machine renames
  "Every declaration that can say what it was called before."

enum State was Mode { STOP was HALT = 3 "at rest", RUN, DONE was FINISHED }
flags Caps was Features { FAST was QUICK "sooner", SAFE } named BOTH = {FAST, SAFE}
index Port was Plug[2] "a port"
opaque Blob was Data
fun mark was sign(Blob): bool
param eager was hurried: bool where eager or not eager "starts by itself"
var at was mode: State = STOP
var a was b: Caps = {}
var b was a: Caps = {} "changed places with a"
var was: bool = true "a name elsewhere"
control at
table after was next: State -> State
  | STOP | RUN  | DONE |
  | RUN  | DONE | DONE |
rule go was begin, resume(p: Port)
  by user
  when at == STOP
  { at' = RUN  a' = {FAST} }
rule early was stop
  when at == RUN and eager
  { at' = STOP }
rule late was stop
  when at == RUN and not eager
  { at' = STOP }
arc end was finish: RUN -> DONE
  fails -> stay
arc back was finish(p: Port): DONE -> STOP
property ends was terminates
  at == RUN leads to at == DONE assuming fair end
  expect violated
property always_was
  was leads to was
property says_was
  was or not was leads to was
property when_was
  every step was == was'
