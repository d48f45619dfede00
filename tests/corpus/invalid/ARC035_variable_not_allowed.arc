machine m
enum Mode { A, B }
param top: Mode where top != low
param low: Mode
var mode: Mode = other
var other: Mode in {low, mode}
control mode
def now = mode == A
assume now
assume top != other
rule r(to: Mode) { mode' = to }
property p every r where mode == start equals a path of r where now through other == A
property q routes r shortest through other == A except now blocked mode == start as other matching hop
def hop(a: Mode, b: Mode) = if now then a else b
#! 3:30 ARC035 condition of parameter top may not mention parameter low
#! 5:18 ARC035 initial value of mode may not mention variable other
#! 6:26 ARC035 initial value of other may not mention variable mode
#! 9:8 ARC035 an assumption may not mention variable mode
#! 10:15 ARC035 an assumption may not mention variable other
#! 12:26 ARC035 condition on the targets of property p may not mention variable mode
#! 12:65 ARC035 condition on the steps of property p may not mention variable mode
#! 13:38 ARC035 interior condition of property q may not mention variable other; of the variables only mode
#! 13:56 ARC035 exception of property q may not mention variable mode
#! 13:68 ARC035 condition on blocked pairs of property q may not mention variable mode
#! 13:85 ARC035 mark of blocked pairs of property q may not mention variable other
#! 13:100 ARC035 next hop hop may not mention variable mode
