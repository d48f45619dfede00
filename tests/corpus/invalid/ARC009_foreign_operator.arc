machine m
var x: bool
var y: bool
property p always x && !y
property q always x -> y
#! 4:21 ARC009 `&&` is not in the language
#! 5:21 ARC009 `->` has no meaning here
