#!/usr/bin/env bash
# Webhooks of a Milepost of its own, checked by the libraries that shops use: npm's standardwebhooks and svix.
# Exit status 77: cannot be done here; the line says why.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
skip() {
  echo "SKIPPED: $*"
  exit 77
}
command -v node >/dev/null || skip "node is not installed"
[ "$(node -p 'process.versions.node.split(".")[0] >= 18')" = true ] || skip "node is older than 18"
[ -d "$here/node_modules/standardwebhooks" ] && [ -d "$here/node_modules/svix" ] ||
  skip "the verifying libraries are not installed (scripts/npm-ci tests/webhooks; the npm registry may be out of reach)"
exec node --test --test-reporter=spec "$here/webhooks.mjs"
