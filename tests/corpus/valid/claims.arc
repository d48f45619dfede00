machine claims "Every claim, with every clause."

source doc = "the document"

enum State { A, B, C }
param fast: bool
var state: State = A
var noise: bool
arc ab: A -> B tag step by user
arc bc: B -> C tag step when fast
arc ca: C -> A tag step fails -> stay
rule jump(to: State) when to != state { state' = to }

property p1 "a doc" cite doc "page 1" cite doc assuming noise expect violated vacuous ok severity note
  always state != C
property p2 never state == C and noise severity warning
property p3 every step state' != state implies noise' == noise
property p4 reachable state == C
property p5 state == C reached only via bc, jump
property p6 state == C
  # a comment inside a claim
  reached only via step, ca.fails
property p7 every jump, ab where start != goal
  equals a path of step where goal != start of length 1..2 through state != start observing state, noise
property p8 every jump equals a path of step
property p9 basis of jump is goal != A of length 2 observing state
property p10 basis of jump, step
property p11 routes step shortest
property p12 routes step, jump shortest through state == B or fast except start == goal blocked goal == C and not fast
property p13 deterministic
property p14 deterministic jump, step
property p15 no deadlock
property p16 no deadlock except state == C and not fast
property p17 recoverable state == A from state == B
property p18 state == A leads to state == B assuming fair step, jump
property p19 state == A leads to state == B
