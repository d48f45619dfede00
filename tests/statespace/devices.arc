machine devices
enum Mode { ERROR, STOP, RUNNING, STOP_COPY, RESUMING, RUNNING_P2P, PRE_COPY, PRE_COPY_P2P }
index Device[3]
var mode: Device -> Mode = each d in Device: RUNNING
var errors: int 0..15 = 0
rule stop_to_running_p2p(d: Device)
  when mode[d] == STOP
  { mode' = mode with [d] = RUNNING_P2P }
rule stop_to_running_p2p_fails(d: Device)
  when mode[d] == STOP
  { mode' = mode }
rule running_p2p_to_stop(d: Device)
  when mode[d] == RUNNING_P2P
  { mode' = mode with [d] = STOP }
rule running_p2p_to_stop_fails(d: Device)
  when mode[d] == RUNNING_P2P
  { mode' = mode }
rule stop_to_stop_copy(d: Device)
  when mode[d] == STOP
  { mode' = mode with [d] = STOP_COPY }
rule stop_to_stop_copy_fails(d: Device)
  when mode[d] == STOP
  { mode' = mode }
rule stop_copy_to_stop(d: Device)
  when mode[d] == STOP_COPY
  { mode' = mode with [d] = STOP }
rule stop_copy_to_stop_fails(d: Device)
  when mode[d] == STOP_COPY
  { mode' = mode }
rule stop_to_resuming(d: Device)
  when mode[d] == STOP
  { mode' = mode with [d] = RESUMING }
rule stop_to_resuming_fails(d: Device)
  when mode[d] == STOP
  { mode' = mode }
rule resuming_to_stop(d: Device)
  when mode[d] == RESUMING
  { mode' = mode with [d] = STOP }
rule resuming_to_stop_fails(d: Device)
  when mode[d] == RESUMING
  { mode' = mode with [d] = ERROR  errors' = if errors < 15 then errors + 1 else errors }
rule running_to_running_p2p(d: Device)
  when mode[d] == RUNNING
  { mode' = mode with [d] = RUNNING_P2P }
rule running_to_running_p2p_fails(d: Device)
  when mode[d] == RUNNING
  { mode' = mode }
rule running_p2p_to_running(d: Device)
  when mode[d] == RUNNING_P2P
  { mode' = mode with [d] = RUNNING }
rule running_p2p_to_running_fails(d: Device)
  when mode[d] == RUNNING_P2P
  { mode' = mode }
rule running_to_pre_copy(d: Device)
  when mode[d] == RUNNING
  { mode' = mode with [d] = PRE_COPY }
rule running_to_pre_copy_fails(d: Device)
  when mode[d] == RUNNING
  { mode' = mode }
rule pre_copy_to_running(d: Device)
  when mode[d] == PRE_COPY
  { mode' = mode with [d] = RUNNING }
rule pre_copy_to_running_fails(d: Device)
  when mode[d] == PRE_COPY
  { mode' = mode }
rule running_p2p_to_pre_copy_p2p(d: Device)
  when mode[d] == RUNNING_P2P
  { mode' = mode with [d] = PRE_COPY_P2P }
rule running_p2p_to_pre_copy_p2p_fails(d: Device)
  when mode[d] == RUNNING_P2P
  { mode' = mode }
rule pre_copy_p2p_to_running_p2p(d: Device)
  when mode[d] == PRE_COPY_P2P
  { mode' = mode with [d] = RUNNING_P2P }
rule pre_copy_p2p_to_running_p2p_fails(d: Device)
  when mode[d] == PRE_COPY_P2P
  { mode' = mode }
rule pre_copy_to_pre_copy_p2p(d: Device)
  when mode[d] == PRE_COPY
  { mode' = mode with [d] = PRE_COPY_P2P }
rule pre_copy_to_pre_copy_p2p_fails(d: Device)
  when mode[d] == PRE_COPY
  { mode' = mode }
rule pre_copy_p2p_to_pre_copy(d: Device)
  when mode[d] == PRE_COPY_P2P
  { mode' = mode with [d] = PRE_COPY }
rule pre_copy_p2p_to_pre_copy_fails(d: Device)
  when mode[d] == PRE_COPY_P2P
  { mode' = mode }
rule pre_copy_p2p_to_stop_copy(d: Device)
  when mode[d] == PRE_COPY_P2P
  { mode' = mode with [d] = STOP_COPY }
rule pre_copy_p2p_to_stop_copy_fails(d: Device)
  when mode[d] == PRE_COPY_P2P
  { mode' = mode }
rule reset(d: Device)
  when mode[d] == ERROR
  { mode' = mode with [d] = RUNNING }
property counted
  always (all d in Device: mode[d] == ERROR implies errors > 0)
property together
  never (all d in Device: mode[d] == STOP_COPY)
  expect violated
