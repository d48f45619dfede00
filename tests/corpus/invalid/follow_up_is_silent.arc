machine m
enum Mode { A, B }
var broken: Mod
def uses(x: Mod) = x == A and broken == B
def again = uses(broken)
param p: int 5..1 where p > 3
fun g(Mod): Mode
rule r(a: Mod) when a == broken { broken' = a }
arc ab: A -> B when again
property q always uses(broken) and again and g(broken) == A and p < 3
property s every r equals a path of r where start == A through unknown_thing
property t always unknown_thing and all d in Mod: d == A
#! 3:13 ARC022 type Mod is not declared
#! 6:10 ARC032 int 5..1 has no values
#! 12:19 ARC021 unknown_thing is not declared
