machine temporal "Formulas of temporal logic: every operator, in letters and in words."

enum Phase { IDLE, ASKED, SERVED }
index Client[2]

var phase: Phase = IDLE
var waits: Client -> bool = each c in Client: false

rule want(c: Client) { waits' = waits with [c] = true }
arc ask: IDLE -> ASKED tag moves
arc serve: ASKED -> SERVED tag moves { waits' = each c in Client: false }
arc rest: SERVED -> IDLE tag moves

property p1 ltl G (phase == ASKED implies F phase == SERVED) assuming fair serve
property p2 ltl always (phase == ASKED implies eventually phase == SERVED) assuming strongly fair moves
property p3 ltl G F phase == IDLE assuming strongly fair ask assuming fair serve, rest
property p4 ltl phase == IDLE W X phase == ASKED and not X false
property p5 ltl (phase == IDLE weak until phase == ASKED) or phase == SERVED release next true
property p6 ltl phase != SERVED U phase == ASKED U phase == SERVED assuming fair moves
property p7 ltl G (phase' == ASKED implies phase == IDLE or phase' == phase) assuming fair moves
property p8 ltl all c in Client: G (waits[c] implies F not waits[c]) assuming fair moves
property p9 ltl some c in Client: G not waits[c] expect violated
property p10 ltl G (phase == SERVED implies not (some c in Client: waits[c])) iff F true until true
  expect violated
property p11 ctl AG (phase == ASKED implies EF phase == SERVED)
property p12 ctl AG EX true and not AF phase == ASKED
property p13 ctl E[phase == IDLE U phase == ASKED] and A[phase != SERVED W phase == ASKED]
property p14 ctl not EG phase == IDLE or A[phase == IDLE R phase != SERVED]
property p15 ctl AG AF phase == IDLE expect violated
property p16 ctl AX (phase == IDLE or phase == ASKED) and E[phase == IDLE until phase == ASKED]
