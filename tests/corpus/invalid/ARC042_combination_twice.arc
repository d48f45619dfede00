machine m
enum T { A, B }
table f: T, T -> T
  |   | A | B |
  | A | A | B |
  | B | A | B |
  | A | B | B |
table g: T -> T
  | A | B | A |
  | B | A | A |
#! 7:9 ARC042 the combination (A, A) stands twice in the table
#! 7:13 ARC042 the combination (A, B) stands twice in the table
#! 10:13 ARC042 the combination (A) stands twice in the table
