machine m
var x: bool
rule r { x' = = true }
property p always x x
property q recoverable x
#! 3:15 ARC001 expected an expression, found `=`
#! 4:21 ARC001 expected `assuming`, `cite`, `expect`, `severity`, `vacuous`, a text in "quotes" or an operator, found `x`
#! 5:25 ARC001 expected `from` or an operator before the end of the file
