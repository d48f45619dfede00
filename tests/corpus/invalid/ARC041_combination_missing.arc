machine m
enum T { A, B, C }
table f: T, bool -> T
  |   | true | false |
  | A | A    | B     |
table g: T -> T
  | A | C |
  | B | A |
#! 3:7 ARC041 table f lacks (B, false), (B, true), (C, false) and 1 more
#! 6:7 ARC041 table g lacks (B)
