#!/usr/bin/env bash
# notify_chaos.sh sqlite|postgres
#
# Webhooks to receivers that hang, refuse, redirect to private addresses and drop the line, while the serving process is
# killed with -9 again and again: every change arrives, under one id, in order. The work is done in notify_chaos.mjs.
#
#   MILEPOST_KILL_ROUNDS   how often it is killed, 8 unless told; the long run is 100
#   MILEPOST_KILL_SEED     repeats the moments of an earlier run; each run tells its seed
#   MILEPOST_BUILD         the folder with the program, build/release unless told
#
# Exit status 77: cannot be done here; the line says why.
#
# clause-055.kill
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

skip() {
  echo "SKIPPED: $*"
  exit 77
}

engine=${1:-}
[[ $engine == sqlite || $engine == postgres ]] || {
  echo "usage: tests/system/notify_chaos.sh sqlite|postgres" >&2
  exit 2
}
command -v node >/dev/null || skip "node is not installed"
[ "$(node -p 'process.versions.node.split(".")[0] >= 18')" = true ] || skip "node is older than 18"
if [ "$engine" = postgres ]; then
  [ -n "${MILEPOST_TEST_POSTGRES:-}" ] || skip "no PostgreSQL (run it through tests/postgres/with_cluster)"
  command -v psql >/dev/null || skip "psql is not installed"
fi
exec node "$here/notify_chaos.mjs" "$engine"
