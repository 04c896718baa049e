#!/usr/bin/env bash
# Ends the job as the plan ended: a plan with changes (2) is fine, one that apply would refuse (3) is not.
set -uo pipefail

case "${CODE:?}" in
  0 | 2) exit 0 ;;
  *) exit "$CODE" ;;
esac
