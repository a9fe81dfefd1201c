#!/usr/bin/env bash
# Runs one of the mail programs beside this script: a real mail server on loopback, and independent readers of what Milepost
# writes. Nothing leaves the machine. Exit status 77: cannot be done here; the line says why.
#
#   tests/email/run.sh relays.mjs|message.mjs
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

skip() {
  echo "SKIPPED: $*"
  exit 77
}

program=${1:?usage: tests/email/run.sh relays.mjs|message.mjs}
command -v node >/dev/null || skip "node is not installed"
[ "$(node -p 'process.versions.node.split(".")[0] >= 18')" = true ] || skip "node is older than 18"
for package in smtp-server mailparser mailauth; do
  [ -d "$here/node_modules/$package" ] ||
    skip "$package is not installed (scripts/npm-ci tests/email; the npm registry may be out of reach)"
done
command -v openssl >/dev/null || skip "openssl is not installed"
exec node "$here/$program"
