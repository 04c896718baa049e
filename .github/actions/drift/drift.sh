#!/usr/bin/env bash
# Looks what changed on the platform since the last apply, and keeps one issue open for as long as something did.
#
# Reads DIRECTORY, UNMANAGED, SGPCTL_ENVIRONMENT, SGP_API_KEY, SGP_ACCOUNT_ID, GITHUB_TOKEN, RUNNER_TEMP, GITHUB_OUTPUT and
# GITHUB_STEP_SUMMARY.
set -uo pipefail

results="${RUNNER_TEMP:?}/sgpctl-drift"
rm -rf "$results" && mkdir -p "$results" || exit 1

arguments=("${DIRECTORY:-.}" --output "markdown=$results/report.md")
[ "${UNMANAGED:-false}" != "true" ] || arguments+=(--unmanaged)

sgpctl drift "${arguments[@]}"
code=$?
case $code in
  0 | 2) ;;
  *) exit "$code" ;;
esac
cat "$results/report.md" >>"${GITHUB_STEP_SUMMARY:?}"
echo "has-drifted=$([ "$code" -eq 2 ] && echo true || echo false)" >>"${GITHUB_OUTPUT:?}"
python3 "$(dirname "${BASH_SOURCE[0]}")/../github/issue.py" "$results/report.md" "$code"
