machine light "A light with a switch that may be slow to go out."

param fast: bool

enum Light { OFF, DIM, ON }

var light: Light = OFF
var used: bool = false

rule press "Somebody presses the switch." when light != ON or fast {
  light' = if light == OFF then DIM else if light == DIM then ON else OFF
  used' = true
}
rule flicker when light == ON { light' in {DIM, ON} }
rule rest when light == DIM { light' = light }

property lit expect violated never light == ON
property steady expect violated deterministic flicker, rest
property goes_out expect violated light == DIM leads to light == OFF
property can_be_lit reachable light == ON
property out_again expect violated reachable light == OFF and used
property used_when_dim always (light == DIM implies used)
property back expect violated recoverable light == OFF from light == ON
property forth recoverable light == ON from light == DIM
property begins light == OFF leads to light == DIM assuming fair press
property never_both vacuous ok always (light == ON and light == DIM implies used)
property never_dark assuming fast never light == OFF and light == DIM
