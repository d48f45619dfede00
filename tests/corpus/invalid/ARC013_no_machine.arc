var x: bool
property p always x
#! 1:1 ARC013 a spec begins with `machine NAME`
