machine m
enum Mode { IDLE, BUSY }
var mode: Mode = IDEL
var count_of_users: int 0..3
rule go when mood == BUSY { mode' = BUSY mood' = IDLE }
rule change { count_of_uers' = mood }
property p always nearby(mode) == IDLE and IDEL != start
property q reachable mode == BUSY and unlike_anything
property r every go equals a path of go observing moed
#! 3:18 ARC021 IDEL is not declared
#! 5:14 ARC021 mood is not declared
#! 6:15 ARC021 count_of_uers is not declared
#! 7:19 ARC021 nearby is not declared
#! 7:52 ARC021 start is not declared
#! 8:39 ARC021 unlike_anything is not declared
#! 9:51 ARC021 moed is not declared
