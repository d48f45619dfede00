enum State { STOP, RUN };
static const enum State next_state[2] = { [STOP] = RUN, [RUN] = STOP };
static const enum State last_state[2] = { [STOP] = STOP, [RUN] = RUN };
