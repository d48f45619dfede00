machine floors "Three floors, and ways between them."

param open: bool

enum Floor { LOW, MID, HIGH }
control floor

var floor: Floor = LOW
var noise: bool = false

arc first: LOW -> MID { noise' = false }
arc second: MID -> HIGH { noise' = false }
arc leap: LOW -> HIGH { noise' = false }
arc jump: LOW -> HIGH when open { noise' = true }
arc fall: HIGH -> LOW { noise' = false }

property leap_is_two_steps every leap equals a path of first, second
property ups_are_steps expect violated every leap, jump equals a path of first, second
property steps_are_a_basis basis of first, second, leap
property leap_is_needed expect violated basis of first, second, leap is start == LOW
property leap_is_too_many expect violated basis of first, second, leap is start != goal
property round routes first, second, fall shortest
property direct expect violated routes first, second, jump shortest
