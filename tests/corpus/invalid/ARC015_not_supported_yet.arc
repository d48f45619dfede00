machine m
use "other.arc" as o
index Device
var x: bool
rule r { x' = true }
join both = r, r
property q refines "other.arc"
#! 2:1 ARC015 not supported yet: `use`: a machine as a part of another
#! 3:1 ARC015 not supported yet: `index Device`: any number of individuals
#! 6:1 ARC015 not supported yet: `join`: rules that fire together
#! 7:12 ARC015 not supported yet: `refines`: one machine against another
