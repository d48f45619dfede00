machine m
var x: bool
def nothing = {}
property p always {} == {}
property q always let s = {} in x
property r always nothing == nothing
#! 3:15 ARC034 nothing says of which type {} is
#! 4:19 ARC034 nothing says of which type {} is
#! 5:27 ARC034 nothing says of which type {} is
