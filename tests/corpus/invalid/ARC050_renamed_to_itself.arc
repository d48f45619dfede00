machine m
enum T was T { A was A, B }
var x was x: T
rule r was r, s { x' = A }
#! 2:12 ARC050 type T was T: that is no other name
#! 2:22 ARC050 value A was A: that is no other name
#! 3:11 ARC050 variable x was x: that is no other name
#! 4:12 ARC050 rule r was r: that is no other name
