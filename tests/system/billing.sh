#!/usr/bin/env bash
# billing.sh: an invoice from the plan to the payment, with a payment company on this machine. The work is done in billing.mjs.
# MILEPOST_BUILD is the folder with the program, build/release unless told. Exit status 77: cannot be done here.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

skip() {
  echo "SKIPPED: $*"
  exit 77
}

command -v node >/dev/null || skip "node is not installed"
[ "$(node -p 'process.versions.node.split(".")[0] >= 18')" = true ] || skip "node is older than 18"
exec node "$here/billing.mjs"
