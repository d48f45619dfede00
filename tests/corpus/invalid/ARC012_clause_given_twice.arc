machine m
var x: bool
rule r by user when x by kernel when not x { x' = true }
property p "one" always x "two"
#! 3:23 ARC012 `by` stands twice
#! 3:33 ARC012 `when` stands twice
#! 4:27 ARC012 a doc text stands twice
