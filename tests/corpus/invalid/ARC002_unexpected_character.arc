machine m
var price: int 0..9
property p always price != €5
#! 3:28 ARC002 unexpected character `€`
