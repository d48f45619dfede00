machine m
enum T { A, B }
fun f(T): T
def hop(a: T, b: T) = if a == b then a else f(b)
var x: T
rule r(to: T) { x' = to }
property p routes r shortest matching hop
#! 7:39 ARC047 next hop hop may not depend on f, an uninterpreted function
