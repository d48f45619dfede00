machine m
enum T { A, B }
table f: T, T -> T
  | A | A | B |
  | A | A | B |
  | B | A |
table g: T -> T
  | A | B |
  | B | A |
  | A | B |
table h: T, T -> T
  |   | A | B |
table i: T, T -> T
  |   | A | B |
  | A |   | B |
  | B | A | B |
table j: T, T, T -> T
  |   | A |
  | A | B |
#! 4:3 ARC040 the header begins with 1 empty cell, one for each argument but the last
#! 6:3 ARC040 this line has 2 cells, the header 3
#! 10:3 ARC040 the header is followed by one line of results
#! 12:3 ARC040 the header is followed by a line of results for each row value
#! 15:3 ARC040 a cell of this line is empty
#! 18:3 ARC040 the header begins with 2 empty cells, one for each argument but the last
#! 18:3 ARC040 the header has no values
