#!/usr/bin/env bash
# Makes a plan and leaves it in every form that the next steps need. It does not fail itself: `judge.sh` does, after the
# comment tells why.
#
# Reads DIRECTORY, AGAINST (a snapshot; may be empty), SGPCTL_ENVIRONMENT, SGP_API_KEY, SGP_ACCOUNT_ID, RUNNER_TEMP,
# GITHUB_OUTPUT and GITHUB_STEP_SUMMARY.
set -uo pipefail

results="${RUNNER_TEMP:?}/sgpctl-plan"
rm -rf "$results" && mkdir -p "$results" || exit 1

arguments=("${DIRECTORY:-.}" --detailed-exitcode --format github)
arguments+=(--output "markdown=$results/comment.md" --output "json=$results/plan.json")
[ -z "${AGAINST:-}" ] || arguments+=(--against "$AGAINST")

sgpctl plan "${arguments[@]}" 2> >(tee "$results/errors.txt" >&2)
code=$?
wait

if [ ! -s "$results/comment.md" ]; then
  sgpctl validate "${DIRECTORY:-.}" --format github >"$results/annotations.txt" 2>/dev/null && rm -f "$results/annotations.txt"
  [ ! -s "$results/annotations.txt" ] || cat "$results/annotations.txt"
  python3 "$(dirname "${BASH_SOURCE[0]}")/../github/failure.py" "$results/errors.txt" >"$results/comment.md"
fi
cat "$results/comment.md" >>"${GITHUB_STEP_SUMMARY:?}"
{
  echo "exit-code=$code"
  echo "comment=$results/comment.md"
  echo "has-changes=$([ "$code" -eq 2 ] && echo true || echo false)"
  [ ! -s "$results/plan.json" ] || echo "plan=$results/plan.json"
} >>"${GITHUB_OUTPUT:?}"
