machine m "a doc that
  goes on"
var x: bool
#! 1:11 ARC003 this string is not closed on its line
#! 2:3 ARC007 expected a declaration, found `goes`
#! 2:10 ARC003 this string is not closed on its line
