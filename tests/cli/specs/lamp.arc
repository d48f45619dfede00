machine lamp "A lamp with a switch, and a counter of how often it was lit."

source manual = "The lamp's manual, chapter 2"

param stuck: bool

enum Light { OFF, ON "lit" }

var light: Light = OFF
var lit: int 0..3 = 0

rule press "Somebody presses the switch." by user
  when not (stuck and light == ON)
  {
    light' = if light == OFF then ON else OFF
    lit' = if light == OFF and lit < 3 then lit + 1 else lit
  }

rule reset by device { light' = OFF  lit' = 0 }

property starts_dark "Before anybody has lit it, the lamp is dark."
  cite manual "It comes dark."
  always (lit == 0 implies light == OFF)

property never_lit
  never (light == ON)
  expect violated

property can_be_dark
  recoverable light == OFF from light == ON

property count_is_exact
  every step (light == OFF and light' == ON implies lit' != lit)

property only_by_hand
  light == ON reached only via press
