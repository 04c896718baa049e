#!/usr/bin/env bash
# Applies the plan that was reviewed, or refuses; what became of it goes into the job's summary.
#
# Reads DIRECTORY, PLAN_FILE, EXPECT, REVIEWED, LOCK_TIMEOUT, SGPCTL_ENVIRONMENT, SGP_API_KEY, SGP_ACCOUNT_ID, GITHUB_TOKEN,
# RUNNER_TEMP and GITHUB_STEP_SUMMARY.
set -uo pipefail

results="${RUNNER_TEMP:?}/sgpctl-apply"
rm -rf "$results" && mkdir -p "$results" || exit 1

if [ -z "${PLAN_FILE:-}" ] && [ -z "${EXPECT:-}" ]; then
  PLAN_FILE="$results/plan.json"
  if ! python3 "$(dirname "${BASH_SOURCE[0]}")/../github/reviewed_plan.py" "$PLAN_FILE"; then
    [ "${REVIEWED:-required}" = "preferred" ] || exit 1
    echo "::warning title=sgpctl::applying what is merged, without a reviewed plan"
    PLAN_FILE=""
  fi
fi

if [ -n "${PLAN_FILE:-}" ]; then
  arguments=("$PLAN_FILE" -C "${DIRECTORY:-.}")
elif [ -n "${EXPECT:-}" ]; then
  arguments=("${DIRECTORY:-.}" --expect "$EXPECT")
else
  arguments=("${DIRECTORY:-.}" --yes)
fi
arguments+=(--lock-timeout "${LOCK_TIMEOUT:-600}" --output "markdown=$results/outcome.md")

sgpctl apply "${arguments[@]}" 2> >(tee "$results/errors.txt" >&2)
code=$?
wait

if [ -s "$results/outcome.md" ]; then
  cat "$results/outcome.md" >>"${GITHUB_STEP_SUMMARY:?}"
elif [ "$code" -ne 0 ]; then
  python3 "$(dirname "${BASH_SOURCE[0]}")/../github/failure.py" "$results/errors.txt" >>"${GITHUB_STEP_SUMMARY:?}"
fi
exit "$code"
