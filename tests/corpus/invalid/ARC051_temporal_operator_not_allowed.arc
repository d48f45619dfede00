machine m
var n: int 0..3 = 0
rule r { }
property p1 ltl AG n == 0
property p2 ctl G n == 0
property p3 ctl AG (n == 0 U n == 1)
property p4 ltl if n == 0 then F n == 1 else true
property p5 ltl F (let k = 1 in X n == k)
property p6 ltl G count b in bool: (F b) == 2
property p8 ltl G (all k in {1, 2}: F n == k)
#! 4:17 ARC051 `AG` is no operator of `ltl`
#! 5:17 ARC051 `G` is no operator of `ctl`
#! 6:21 ARC051 `U` is no operator of `ctl`
#! 7:32 ARC051 `F` stands inside an expression that speaks of one state
#! 8:33 ARC051 `X` stands inside an expression that speaks of one state
#! 9:37 ARC051 `F` stands inside an expression that speaks of one state
#! 10:29 ARC023 the domain of `all` over a formula of temporal logic is a type
