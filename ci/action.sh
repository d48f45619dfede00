#!/usr/bin/env bash
# The steps of action.yml: `install`, `gate`, `verdict`. Whatever comes from outside comes in variables, never as code.
set -euo pipefail

# Where `install` puts arcproof, apart from the Python of the job.
ENVIRONMENT="${RUNNER_TEMP:-/tmp}/arcproof"

install() {
  command -v arcproof >/dev/null && return
  python3 -m venv "$ENVIRONMENT"
  "$ENVIRONMENT/bin/python" -m pip install --quiet --disable-pip-version-check "$GITHUB_ACTION_PATH"
  echo "$ENVIRONMENT/bin" >>"$GITHUB_PATH"
}

# One run of the solver. It writes every report; the step itself fails only where there is no room to write.
gate() {
  local folder=$GATE_REPORTS code=0 options=() paths=() path
  mkdir -p "$folder"
  rm -f "$folder"/report.json "$folder"/report.md "$folder"/report.sarif "$folder"/report.xml
  options=(-f github --report "json=$folder/report.json" --report "markdown=$folder/report.md"
    --report "sarif=$folder/report.sarif" --report "junit=$folder/report.xml")
  # The base of a push that makes a branch is all zeros: then the gate looks for where the branch began.
  [[ $GATE_BASE =~ ^0*$ ]] || options+=("--base=$GATE_BASE")
  options+=("--head=${GATE_HEAD:-HEAD}")
  [ -z "$GATE_POLICY" ] || options+=("--policy=$GATE_POLICY")
  [ -z "$GATE_FAIL_ON" ] || options+=("--fail-on=$GATE_FAIL_ON")
  while IFS= read -r path; do
    [ -z "$path" ] || paths+=("$path")
  done <<<"$GATE_PATHS"

  arcproof gate "${options[@]}" -- ${paths[@]+"${paths[@]}"} 2>"$folder/messages.txt" || code=$?
  quoted "$folder/messages.txt"
  summary "$folder" "$code"
  outputs "$folder" "$code"
}

# Show text that may come from a stranger: nothing in it is a command to the runner.
quoted() {
  local token
  [ -s "$1" ] || return 0
  token=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
  printf '::stop-commands::%s\n' "$token"
  cat "$1"
  printf '\n::%s::\n' "$token"
}

summary() {
  if [ -s "$1/report.md" ]; then
    cat "$1/report.md" >>"$GITHUB_STEP_SUMMARY"
  else
    printf '### arcproof: %s\n\nThe run left no report; its log says why.\n' "$(title "$2")" >>"$GITHUB_STEP_SUMMARY"
  fi
}

outputs() {
  python3 - "$1" "$2" "$(title "$2")" >>"$GITHUB_OUTPUT" <<'PYTHON'
import json
import os
import sys

folder, code, verdict = sys.argv[1:]
path = os.path.join(folder, "report.json")
summary = {}
if os.path.exists(path):
    with open(path, encoding="utf-8") as file:
        summary = json.load(file)["summary"]
print(f"verdict={verdict}")
print(f"exit-code={int(code)}")
for name in ("breaking", "risky", "waived", "undecided"):
    print(f"{name}={int(summary.get(name, 0))}")
print("report=" + (path if summary and path.isprintable() else ""))
PYTHON
}

title() {
  case $1 in
    0) echo "PASSED" ;;
    1) echo "GATE FAILED" ;;
    2) echo "COULD NOT CHECK" ;;
    3) echo "UNDECIDED" ;;
    *) echo "CONTRADICTION" ;;
  esac
}

# End the job as the gate ended, under a title of its own for each way to fail.
verdict() {
  local code=${GATE_EXIT_CODE:-4} text
  case $code in
    0) return 0 ;;
    1) text="the change breaks what it may not break" ;;
    2) text="nothing is known about the change; the log says what is missing" ;;
    3) text="no failure was found, but something stayed undecided" ;;
    *) text="arcproof failed, or contradicts itself; no verdict of this run counts" ;;
  esac
  printf '::error title=arcproof: %s::%s\n' "$(title "$code")" "$text"
  exit "$code"
}

"$1"
