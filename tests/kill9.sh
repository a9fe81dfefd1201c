#!/usr/bin/env bash
# kill9.sh [ROUNDS] [BUILD]
#
# The durability test at length: 200 times on each engine a writing process is killed with -9 (and every third time
# PostgreSQL itself with it), and everything it had been answered must be there.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
export MILEPOST_KILL_ROUNDS=${1:-200}
build=${2:-$here/../build/release}
exec "$here/postgres/with_cluster" "$build/store_test" --gtest_filter='DurabilityOn.*'
