machine m
enum T { A, B }
fun f(T): T
def c = f(A)
var x: T
table g: T -> T
  | A | B |
  | c | x |
table h: T -> T
  | A | 3 |
  | B | D |
#! 8:5 ARC043 a cell of a table is a constant value
#! 8:9 ARC035 table g may not mention variable x
#! 10:9 ARC023 cell of the table has type int, expected T
#! 11:9 ARC021 D is not declared
