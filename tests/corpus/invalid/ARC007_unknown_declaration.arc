machine m
vra x: bool
while true do nothing
property p always true
#! 2:1 ARC007 expected a declaration, found `vra`
#! 2:12 ARC001 expected `->` before `while`
