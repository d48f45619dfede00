machine hollow "The assumptions contradict each other: there is no run."

param on: bool

assume on
assume not on

var x: bool = false

property anything never x
