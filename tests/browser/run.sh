#!/usr/bin/env bash
# Journeys in Chromium, with an authenticator of software: run.sh [FILE.mjs], journey.mjs unless told.
# MILEPOST_BUILD is the folder with the program, build/release unless told. Exit status 77: cannot be done here.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

skip() {
  echo "SKIPPED: $*"
  exit 77
}

command -v node >/dev/null || skip "node is not installed"
[ "$(node -p 'process.versions.node.split(".")[0] >= 18')" = true ] || skip "node is older than 18"
command -v chromium >/dev/null || skip "chromium is not installed (apt-get install chromium)"
[ -d "$here/node_modules/playwright-core" ] ||
  skip "playwright-core is not installed (scripts/npm-ci tests/browser; the npm registry may be out of reach)"
exec node "$here/${1:-journey.mjs}"
