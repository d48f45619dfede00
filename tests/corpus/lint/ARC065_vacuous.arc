machine m
enum Mode { OFF, ON, BROKEN }
var mode: Mode = OFF
rule flip { mode' = if mode == OFF then ON else OFF }
rule mend when mode == ON { mode' = OFF }
property about_broken always mode == BROKEN implies mode == OFF
property allowed vacuous ok always mode == BROKEN implies mode == ON
property steps every step mode == BROKEN implies mode' == OFF
property fine always mode != BROKEN
#! 6:10 ARC065 property about_broken says nothing: it holds only because its premise is never true
#! 8:10 ARC065 property steps says nothing: it holds only because its premise is never true
