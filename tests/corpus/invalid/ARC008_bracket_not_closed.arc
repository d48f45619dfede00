machine m
var x: bool
rule r { x' = (x or not x }
property p always (x or not x
property q always x
#! 3:27 ARC001 expected `)`, found `}`
#! 4:30 ARC008 expected `)` before `property`
