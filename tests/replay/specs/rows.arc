machine rows "A table that stands in a C file, too."

enum State { STOP, RUN }

var state: State = STOP

table next: State -> State from c "next.c" table next_state
  | STOP | RUN  |
  | RUN  | STOP |

table last: State -> State from c "next.c" table last_state
  | STOP | RUN  |
  | STOP | STOP |

rule turn { state' = next(state) }

property same next matches c "next.c" table next_state
property other expect violated last matches c "next.c" table last_state
