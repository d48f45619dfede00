machine m
enum Mode { OFF, ON, BROKEN }
param fast: bool
var mode: Mode = OFF
var lit: bool = false
rule flip when fast { mode' = if mode == OFF then ON else OFF  lit' = mode == OFF }
property lit_if_on always mode == ON iff lit
property never_broken never mode == BROKEN
property dark_if_not_on always mode != ON implies not lit
property dark_if_off always mode == OFF implies not lit
property steps every step mode' != mode implies lit' != lit
property steps_again every step mode' != mode and fast implies lit' != lit or mode == BROKEN
property by_the_rules every step fast
property of_constants always all m in Mode: m == OFF or m != OFF
#! 9:10 ARC066 property dark_if_not_on follows from lit_if_on, whatever the rules do
#! 10:10 ARC066 property dark_if_off follows from lit_if_on, whatever the rules do
#! 11:10 ARC066 property steps follows from lit_if_on and never_broken, whatever the rules do
#! 12:10 ARC066 property steps_again follows from lit_if_on and never_broken, whatever the rules do
