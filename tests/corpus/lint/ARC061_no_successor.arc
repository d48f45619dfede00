machine m
enum Mode { OFF, ON }
var mode: Mode = OFF
var level: int 0..3 = 0
rule raise when mode == OFF { level' > level }
rule flip { mode' != mode; mode' == ON or level == 3 }
rule both(to: Mode) when level == 2 { mode' == to; mode' != to }
rule fine { level' <= level }
#! 5:6 ARC061 rule raise leads nowhere although its guard holds: its constraints contradict each other
#! 6:6 ARC061 rule flip leads nowhere although its guard holds: its constraints contradict each other
#! 7:6 ARC061 rule both leads nowhere although its guard holds: its constraints contradict each other
