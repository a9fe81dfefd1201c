#!/usr/bin/env bash
# Runs one of the programs beside this script: others read what the channels send. Nothing leaves the machine. Exit status
# 77: cannot be done here; the line says why.
#
#   tests/channels/run.sh SENDER push.mjs|home.mjs      SENDER: the program made of sender_main.cpp
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

skip() {
  echo "SKIPPED: $*"
  exit 77
}

sender=${1:?usage: tests/channels/run.sh SENDER push.mjs|home.mjs}
program=${2:?usage: tests/channels/run.sh SENDER push.mjs|home.mjs}
command -v node >/dev/null || skip "node is not installed"
[ "$(node -p 'process.versions.node.split(".")[0] >= 18')" = true ] || skip "node is older than 18"
for package in web-push http_ece jose aedes mqtt; do
  [ -d "$here/node_modules/$package" ] ||
    skip "$package is not installed (scripts/npm-ci tests/channels; the npm registry may be out of reach)"
done
command -v openssl >/dev/null || skip "openssl is not installed"
MILEPOST_SENDER=$sender exec node "$here/$program"
