machine m
enum T { A, B }
table f: T -> T
  | A | B
  | B | A |
#! 4:10 ARC014 expected `|` at the end of the line
