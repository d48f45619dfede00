machine vfio_next_state_v6_2
  "vfio_mig_get_next_state() as it stood from Linux 6.2 until the middle of 2026: the loop does not test for ERROR."

# Stable kernels got the test, too: it is in 6.12.117. Linux 6.1 has the loop without it, and no blocked pairs.
source core = "drivers/vfio/vfio_main.c, Linux 6.3.2, vfio_mig_get_next_state()"
source core_6_1 = "drivers/vfio/vfio_main.c, Linux 6.1.192; numbers are its lines"
source uapi = "include/uapi/linux/vfio.h, Linux 6.12; numbers are its lines"
source mlx5 = "drivers/vfio/pci/mlx5/main.c, Linux 6.12; numbers are its lines"
source fix = "Junrui Luo, 2 Jun 2026, <SYBPR01MB7881290BBDE79B61AE6A017FAF122@SYBPR01MB7881.ausprd01.prod.outlook.com>, [PATCH] vfio: prevent infinite loop in vfio_mig_get_next_state() on blocked arc"
source applied = "Alex Williamson, 5 Jun 2026, <20260605132615.50a26aae@shazbot.org>, in reply to the fix"

# --- What the device offers

param p2p: bool "VFIO_MIGRATION_P2P"
param pre_copy: bool "VFIO_MIGRATION_PRE_COPY"

# --- States and tables

enum State {
  ERROR = 0, STOP = 1, RUNNING = 2, STOP_COPY = 3, RESUMING = 4, RUNNING_P2P = 5, PRE_COPY = 6,
  PRE_COPY_P2P = 7
}

table next_state: State, State -> State from c "drivers/vfio/vfio_main.c" table vfio_from_fsm_table
  |              | ERROR | STOP        | RUNNING     | STOP_COPY    | RESUMING    | RUNNING_P2P | PRE_COPY    | PRE_COPY_P2P |
  | ERROR        | ERROR | ERROR       | ERROR       | ERROR        | ERROR       | ERROR       | ERROR       | ERROR        |
  | STOP         | ERROR | STOP        | RUNNING_P2P | STOP_COPY    | RESUMING    | RUNNING_P2P | RUNNING_P2P | RUNNING_P2P  |
  | RUNNING      | ERROR | RUNNING_P2P | RUNNING     | RUNNING_P2P  | RUNNING_P2P | RUNNING_P2P | PRE_COPY    | RUNNING_P2P  |
  | STOP_COPY    | ERROR | STOP        | STOP        | STOP_COPY    | STOP        | STOP        | ERROR       | ERROR        |
  | RESUMING     | ERROR | STOP        | STOP        | STOP         | RESUMING    | STOP        | STOP        | STOP         |
  | RUNNING_P2P  | ERROR | STOP        | RUNNING     | STOP         | STOP        | RUNNING_P2P | RUNNING     | PRE_COPY_P2P |
  | PRE_COPY     | ERROR | RUNNING     | RUNNING     | PRE_COPY_P2P | RUNNING     | RUNNING     | PRE_COPY    | PRE_COPY_P2P |
  | PRE_COPY_P2P | ERROR | RUNNING_P2P | RUNNING_P2P | STOP_COPY    | RUNNING_P2P | RUNNING_P2P | PRE_COPY    | PRE_COPY_P2P |

table state_flags: State -> bits[32] from c "drivers/vfio/vfio_main.c" table state_flags_table
  | ERROR      | STOP | RUNNING | STOP_COPY | RESUMING | RUNNING_P2P | PRE_COPY | PRE_COPY_P2P |
  | 0xFFFFFFFF | 1    | 1       | 1         | 1        | 3           | 5        | 7            |

table migration_flags: bool, bool -> bits[32]
  |       | false | true  |  # pre_copy; the rows are p2p
  | false | 0b001 | 0b101 |
  | true  | 0b011 | 0b111 |

def supported(s: State) = state_flags(s) & migration_flags(p2p, pre_copy) == state_flags(s)
  "All flags of the state are flags of the device."

# --- The function, its caller, and the user

enum Place {
  IDLE "no request is under way",
  CHECK_CUR "is the current state supported?",
  CHECK_NEW "is the state asked for supported?",
  LOOK_UP "the table is asked for the first time",
  LOOP_TEST "the test of the loop",
  LOOP_BODY "the body of the loop",
  RESULT "0 or -EINVAL",
  STEP "0 has been returned; the driver takes the step",
  AGAIN "the driver asks whether the state is the one requested"
}
enum Outcome {
  PENDING, REACHED,
  BAD_CUR "-EINVAL and a warning: the current state is not supported",
  BAD_NEW "-EINVAL: the state asked for is not supported",
  BLOCKED "-EINVAL: no step leads there"
}

control place
var place: Place = IDLE
var state: State = RUNNING "cur_fsm: the state the driver is in, that of a device just opened; requests lead to the others"
var wanted: State = RUNNING "new_fsm: the state the user asks for"
var next: State = ERROR "*next_fsm, which says nothing unless `written`"
var written: bool = false "*next_fsm has been written by this call"

# Recorded, never read by a rule.
var outcome: Outcome = REACHED "how the last request ended"
var turns: int 0..2 = 0 "how often this call has run the loop's body; 2 stands for 2 and more"
var steps: int 0..5 = 0 "how many steps this request has taken"

arc ask(new: State): IDLE -> CHECK_CUR
  "The user makes a request. The driver asks for a first step even if the device is in that state already, as the function allows."
  by user
  cite core "vfio_ioctl_device_feature_mig_device_state(): filp = device->mig_ops->migration_set_state(device, mig.device_state)"
  { wanted' = new  next' = ERROR  written' = false  outcome' = PENDING  turns' = 0  steps' = 0 }

arc refuse_cur: CHECK_CUR -> IDLE
  "The function warns and returns -EINVAL: a driver's bug, or a device in ERROR."
  by kernel
  cite core "the first test: if (WARN_ON(cur_fsm >= ARRAY_SIZE(vfio_from_fsm_table) || (state_flags_table[cur_fsm] & device->migration_flags) != state_flags_table[cur_fsm])) return -EINVAL"
  when not supported(state)
  { outcome' = BAD_CUR }

arc accept_cur: CHECK_CUR -> CHECK_NEW
  "The current state is supported."
  by kernel
  cite core "the first test: (state_flags_table[cur_fsm] & device->migration_flags) != state_flags_table[cur_fsm]"
  when supported(state)

arc refuse_new: CHECK_NEW -> IDLE
  "The function returns -EINVAL: ERROR, an optional state that is not supported, or (not modelled) a number that is no state."
  by kernel
  cite core "the second test: if (new_fsm >= ARRAY_SIZE(vfio_from_fsm_table) || (state_flags_table[new_fsm] & device->migration_flags) != state_flags_table[new_fsm]) return -EINVAL"
  when not supported(wanted)
  { outcome' = BAD_NEW }

arc accept_new: CHECK_NEW -> LOOK_UP
  "The state asked for is supported."
  by kernel
  cite core "the second test: (state_flags_table[new_fsm] & device->migration_flags) != state_flags_table[new_fsm]"
  when supported(wanted)

arc look_up: LOOK_UP -> LOOP_TEST
  "The table names the next state."
  by kernel
  cite core "before the loop: = vfio_from_fsm_table[cur_fsm][new_fsm]"
  { next' = next_state(state, wanted)  written' = true }

arc loop_on: LOOP_TEST -> LOOP_BODY
  "The next state is not supported, and the loop goes on."
  by kernel
  cite core "the loop's test: while ((state_flags_table[*next_fsm] & device->migration_flags) != state_flags_table[*next_fsm])"
  cite core_6_1 "1187-1188: the same"
  when not supported(next)

arc loop_ends: LOOP_TEST -> RESULT
  "The loop ends."
  by kernel
  cite core "the loop's test: (state_flags_table[*next_fsm] & device->migration_flags) != state_flags_table[*next_fsm]"
  when supported(next)

arc skip: LOOP_BODY -> LOOP_TEST
  "The next state is skipped over: the table names the one after it."
  by kernel
  cite core "the loop's body: = vfio_from_fsm_table[*next_fsm][new_fsm]"
  { next' = next_state(next, wanted)  turns' = if turns == 0 then 1 else 2 }

arc return_step: RESULT -> STEP
  "The function returns 0."
  by kernel
  cite core "the last line: return (*next_fsm != VFIO_DEVICE_STATE_ERROR) ? 0 : -EINVAL"
  when next != ERROR

arc return_error: RESULT -> IDLE
  "The function returns -EINVAL."
  by kernel
  cite core "the last line: return (*next_fsm != VFIO_DEVICE_STATE_ERROR) ? 0 : -EINVAL"
  when next == ERROR
  { outcome' = BLOCKED }

arc take_step: STEP -> AGAIN
  "The driver takes the step. (What happens if it fails is in migration_v2.arc.)"
  by kernel
  cite mlx5 "1246-1249: res = mlx5vf_pci_step_device_state_locked(mvdev, next_state); if (IS_ERR(res)) break; mvdev->mig_state = next_state"
  { state' = next  steps' = if steps < 5 then steps + 1 else 5 }

arc call_again: AGAIN -> CHECK_CUR
  "The driver asks for one more step."
  by kernel
  cite mlx5 "1239: while (new_state != mvdev->mig_state)"
  when state != wanted
  { written' = false  turns' = 0 }

arc arrive: AGAIN -> IDLE
  "The state asked for is reached."
  by kernel
  cite mlx5 "1239: while (new_state != mvdev->mig_state)"
  when state == wanted
  { outcome' = REACHED }

# --- The tables

property table_matches_the_kernel
  "The table above is the kernel's."
  cite core "static const u8: vfio_from_fsm_table"
  next_state matches c "drivers/vfio/vfio_main.c" table vfio_from_fsm_table

property flags_match_the_kernel
  "The flags that each state needs are the kernel's."
  cite core "static const unsigned int: state_flags_table"
  state_flags matches c "drivers/vfio/vfio_main.c" table state_flags_table

# --- The route, without the table: the shortest path of the arcs that drivers implement

def implemented(a: State, b: State) =
  a == RESUMING and b == STOP or a == STOP and b in {RESUMING, STOP_COPY} or a == STOP_COPY and b == STOP
  or p2p
    and (a == RUNNING and b == RUNNING_P2P or a == RUNNING_P2P and b in {RUNNING, STOP}
      or a == STOP and b == RUNNING_P2P)
  or not p2p
    and (a == RUNNING and b == STOP or a == STOP and b == RUNNING
      or pre_copy and a == PRE_COPY and b == STOP_COPY)
  or pre_copy and (a == RUNNING and b == PRE_COPY or a == PRE_COPY and b == RUNNING)
  or pre_copy and p2p
    and (a == PRE_COPY and b == PRE_COPY_P2P or a == RUNNING_P2P and b == PRE_COPY_P2P
      or a == PRE_COPY_P2P and b in {PRE_COPY, RUNNING_P2P, STOP_COPY})
  "The arcs of the comment before the table (lines 674 to 705 in Linux 6.12), with RUNNING -> STOP and STOP -> RUNNING wherever P2P is missing."

def saving(s: State) = s in {PRE_COPY, PRE_COPY_P2P, STOP_COPY}
def inner(s: State, a: State, b: State) = saving(s) iff saving(a) and saving(b)
  "What may stand inside a route from a to b; migration_v2.arc shows that this one rule gives the core's table."
def in_two(s: State, a: State, b: State) =
  implemented(s, b) or some m in State: implemented(s, m) and inner(m, a, b) and implemented(m, b)
  "At most two arcs lead from s to b, by the rule for the routes from a to b."
def in_three(s: State, a: State, b: State) =
  in_two(s, a, b) or some m in State: implemented(s, m) and inner(m, a, b) and in_two(m, a, b)
def first_of_route(s: State, a: State, b: State) =
  implemented(a, s)
  and (if implemented(a, b) then s == b
    else inner(s, a, b)
      and (if in_two(a, a, b) then implemented(s, b)
        else if in_three(a, a, b) then in_two(s, a, b)
        else in_three(s, a, b)))
  "s is the first step of a shortest route from a to b, which has at most four arcs."

def forbidden(a: State, b: State) = a == STOP_COPY and b in {PRE_COPY, PRE_COPY_P2P}

# --- It does not end

def hangs(a: State, b: State) = supported(a) and supported(b) and forbidden(a, b)

property function_terminates
  "Asked for the way from STOP_COPY to PRE_COPY it runs for ever: the table says ERROR, ERROR needs all 32 flags, and the table leads from ERROR to ERROR."
  cite fix "once *next_fsm becomes ERROR the loop condition stays true and *next_fsm never changes"
  cite applied "Applied to vfio next branch for v7.2"
  cite uapi "1163-1165: STOP_COPY -> PRE_COPY STOP_COPY -> PRE_COPY_P2P These arcs are not permitted and return error if requested"
  place == CHECK_CUR leads to place in {STEP, IDLE}
  expect violated

property function_terminates_for_every_other_request
  "Every other call returns."
  cite fix "The blocked arcs STOP_COPY -> PRE_COPY and STOP_COPY -> PRE_COPY_P2P map to ERROR yet pass the support check on a precopy-capable device"
  place == CHECK_CUR and not hangs(state, wanted) leads to place in {STEP, IDLE}

property request_terminates_for_every_other_request
  "No other request comes to such a pair on its way."
  cite fix "The blocked arcs STOP_COPY -> PRE_COPY and STOP_COPY -> PRE_COPY_P2P"
  place == CHECK_CUR and steps == 0 and not hangs(state, wanted) leads to place == IDLE

property these_requests_never_return
  "Each of them hangs, always, and before its first step."
  cite fix "causing the loop to spin forever while holding the driver state mutex"
  every step hangs(state, wanted) and outcome == PENDING
    implies outcome' == PENDING and place' not in {RESULT, STEP, IDLE} and steps' == 0

property once_in_error_the_loop_stays
  "In ERROR nothing but turns of the loop can happen."
  cite fix "once *next_fsm becomes ERROR the loop condition stays true and *next_fsm never changes"
  every step place in {LOOP_TEST, LOOP_BODY} and next == ERROR
    implies place' in {LOOP_TEST, LOOP_BODY} and next' == ERROR

property three_calls_hang
  "STOP_COPY to PRE_COPY with PRE_COPY supported, with or without P2P, and STOP_COPY to PRE_COPY_P2P with both."
  cite fix "yet pass the support check on a precopy-capable device"
  always (count b in State: hangs(STOP_COPY, b))
    == (if pre_copy and p2p then 2 else if pre_copy then 1 else 0)

property a_user_cannot_hang_the_kernel
  "He can, with two requests for a device that he has opened: STOP_COPY, then PRE_COPY. The driver holds its state_mutex meanwhile."
  cite fix "This can result in a soft lockup, and a panic with softlockup_panic set"
  cite mlx5 "1238-1241: mutex_lock(&mvdev->state_mutex); while (new_state != mvdev->mig_state) { ret = vfio_mig_get_next_state("
  never turns == 2
  expect violated

property no_user_could_before_pre_copy
  "The loop is older than the bug: without PRE_COPY no supported pair is blocked. So it was up to 6.1."
  cite fix "Fixes: 4db52602a607 (vfio: Extend the device migration protocol with PRE_COPY)"
  place == CHECK_CUR leads to place in {STEP, IDLE}
  assuming not pre_copy

property error_never_comes_to_the_last_line
  "So the test for it there, which was to report the blocked pairs, can never come true: the loop lets nothing through that is not supported."
  cite core "the last line: return (*next_fsm != VFIO_DEVICE_STATE_ERROR) ? 0 : -EINVAL"
  always place == RESULT implies next != ERROR

# --- The calls that do end

property loop_runs_at_most_once_where_it_ends
  "Where it ends, the loop runs at most once."
  cite core "Arcs touching optional and unsupported states are skipped over"
  always turns == 2 implies hangs(state, wanted)

property returns_supported_states
  "It never returns an unsupported state."
  cite core "Arcs touching optional and unsupported states are skipped over"
  always place == STEP implies supported(next)

property returns_the_first_step_of_the_route
  "What it returns, if it returns, is the first step of the one route that the drivers' arcs allow."
  cite core "Upon success the next step in the state progression between cur_fsm and new_fsm will be set in next_fsm"
  always place == STEP and state != wanted implies first_of_route(next, state, wanted)

property returns_the_state_itself
  "Asked for the state that the device is in, it says so and reports success."
  cite core "[VFIO_DEVICE_STATE_STOP] = VFIO_DEVICE_STATE_STOP"
  always place == STEP and state == wanted implies next == state

property iterating_reaches_the_target
  "Every request between supported states, but for the three."
  cite core "The function may need to be called multiple times before reaching new_fsm"
  place == CHECK_CUR and supported(state) and supported(wanted) and not hangs(state, wanted)
    leads to outcome == REACHED and state == wanted

property refuses_before_the_first_step
  "Nothing but an unsupported state is refused, and nothing half-way."
  cite core "the second test: return -EINVAL"
  always outcome in {BAD_CUR, BAD_NEW, BLOCKED}
    implies outcome != BLOCKED and steps == 0 and (not supported(state) or not supported(wanted))

property four_steps_are_enough
  "Every request that ends does so after at most four steps."
  cite core "RESUMING -> STOP -> RUNNING_P2P -> RUNNING -> PRE_COPY"
  always steps <= 4

property the_user_is_always_heard_again
  "A reset does not help: the driver puts its part of it off until the mutex is free."
  cite fix "spin forever while holding the driver state mutex"
  cite mlx5 "1305-1308: mvdev->deferred_reset = true; if (!mutex_trylock(&mvdev->state_mutex)) { ... return"
  recoverable place == IDLE from true
  expect violated

property no_deadlock
  "To a search for deadlocks the endless loop looks alive."
  cite fix "causing the loop to spin forever"
  no deadlock
