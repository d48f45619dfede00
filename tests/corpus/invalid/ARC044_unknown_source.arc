machine m
source uapi = "the header"
var x: bool
rule r cite uap "page 1", uapi { x' = true }
property p cite header always x
#! 4:13 ARC044 source uap is not declared
#! 5:17 ARC044 source header is not declared
