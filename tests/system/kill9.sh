#!/usr/bin/env bash
# kill9.sh sqlite|postgres
#
# The whole program is killed with -9 under load, at a random moment, again and again; whatever it had answered must be
# there when it comes back, and nothing half-written beside it. (store_test does the same to the store alone, see
# tests/kill9.sh.) The work is done in kill9.mjs.
#
#   MILEPOST_KILL_ROUNDS   how often, 5 unless told. The long run, some minutes an engine:
#                            MILEPOST_KILL_ROUNDS=200 tests/system/kill9.sh sqlite
#                            MILEPOST_KILL_ROUNDS=200 tests/postgres/with_cluster tests/system/kill9.sh postgres
#   MILEPOST_KILL_SEED     repeats the moments of an earlier run; each run tells its seed
#   MILEPOST_BUILD         the folder with the program, build/release unless told
#
# Exit status 77: cannot be done here; the line says why.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

skip() {
  echo "SKIPPED: $*"
  exit 77
}

engine=${1:-}
[[ $engine == sqlite || $engine == postgres ]] || {
  echo "usage: tests/system/kill9.sh sqlite|postgres" >&2
  exit 2
}
command -v node >/dev/null || skip "node is not installed"
[ "$(node -p 'process.versions.node.split(".")[0] >= 18')" = true ] || skip "node is older than 18"
if [ "$engine" = postgres ]; then
  [ -n "${MILEPOST_TEST_POSTGRES:-}" ] || skip "no PostgreSQL (run it through tests/postgres/with_cluster)"
  command -v psql >/dev/null || skip "psql is not installed"
fi
exec node "$here/kill9.mjs" "$engine"
