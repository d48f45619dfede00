machine m
var n: int 0..9
property p always 0 < n < 9
#! 3:19 ARC010 `<` and `<` are chained: a comparison has two sides
