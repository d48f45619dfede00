machine tables "Constant functions, written as tables."

enum Side { LEFT, RIGHT, NONE }
flags Ends { HEAD, TAIL } named BARE = {}
var side: Side = NONE
var ends: Ends
control side

table turn: Side -> Side "the other side"
  | LEFT | RIGHT | NONE |
  | RIGHT | LEFT | NONE |

table weight: Side, bool -> int -1..5
  |       | false | true |
  | LEFT  |  0    |  1   |
  | NONE  | -1    |  5   |
  | RIGHT |  2    |  3   |

table next_hop: Side, Side -> Side from c "drivers/x.c" table hops
  |       | LEFT  | RIGHT | NONE |
  | LEFT  | LEFT  | NONE  | NONE |
  | RIGHT | NONE  | RIGHT | NONE |
  | NONE  | LEFT  | RIGHT | NONE |

table full: bool, bool, Ends -> bits[4]
  | | | BARE | {HEAD} | {TAIL} | {HEAD, TAIL} |
  | false | false | 0 | 1 | 2 | 0xf |
  | false | true  | 3 | 4 | 5 | 6 |
  | true  | false | 7 | 8 | 9 | 10 |
  | true  | true  | 11 | 12 | 0b1101 | 14 |

def via(a: Side, b: Side) = if turn(a) == b then NONE else b

arc enter(s: Side): NONE -> {LEFT, RIGHT} tag move
arc leave: {LEFT, RIGHT} -> NONE tag move

property folded always turn(LEFT) == RIGHT and turn(turn(side)) == side
property weighed always weight(side, ends == BARE) <= 5 and full(true, false, ends) > 6
property table_routes routes move shortest matching next_hop
property def_routes routes move shortest through side == NONE except start == goal blocked start == LEFT and goal == LEFT as NONE matching via
property bound turn matches c "drivers/x.c" table turns
