machine broken

var n: bool = maybe

rule turn { m' = not n }
