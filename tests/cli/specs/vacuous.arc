machine unlit

enum Light { OFF, ON }

var light: Light = OFF

rule rest { light' = light }

property about_nothing
  always (light == ON implies light == OFF)

property about_nothing_knowingly
  vacuous ok
  always (light == ON implies light == OFF)

property dark
  always (light == OFF)
