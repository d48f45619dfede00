machine m "café"
var x: bool
#! 1:15 ARC903 byte 0xe9 is not UTF-8
