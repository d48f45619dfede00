machine m
var rule: bool
enum T { A, always }
#! 2:5 ARC006 `rule` is a keyword, not a name
#! 3:13 ARC006 `always` is a keyword, not a name
