machine m
enum T { A, B }
param fast: bool
fun f(T): T
def hop(a: T, b: T) = if a == b then a else f(b)
control x
var x: T
rule r(to: T) { x' = to }
property p routes r shortest matching hop
property q every r where fast equals a path of r
property s routes r shortest except f(start) == goal
#! 9:39 ARC047 next hop hop may not depend on f, an uninterpreted function
#! 10:26 ARC047 condition on the targets of property q may not depend on parameter fast
#! 11:37 ARC047 exception of property s may not depend on f, an uninterpreted function
