#!/usr/bin/env bash
# Installs the sgpctl that this action belongs to, from the action's own checkout, so that both are always of one version.
set -euo pipefail

source_folder=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
environment="${RUNNER_TEMP:?}/sgpctl"
if [ ! -x "$environment/bin/sgpctl" ]; then
  "${PYTHON:-python3}" -m venv "$environment"
  "$environment/bin/pip" install --quiet --disable-pip-version-check "$source_folder"
fi
echo "$environment/bin" >>"${GITHUB_PATH:?}"
"$environment/bin/sgpctl" version
