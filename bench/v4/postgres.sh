#!/usr/bin/env bash
# The same calls on PostgreSQL (a throwaway cluster), reported beside SQLite's. Run through tests/postgres/with_cluster.
. "$(dirname "$0")/lib.sh"
[ -n "${MILEPOST_TEST_POSTGRES:-}" ] || exec "$root/tests/postgres/with_cluster" "$0"

for name in bench bench_keys; do psql -q "$MILEPOST_TEST_POSTGRES" -c "CREATE DATABASE $name" >/dev/null; done
in_database() { echo "$MILEPOST_TEST_POSTGRES" | sed "s#\(postgres[a-z]*://[^/]*\)/[^?]*#\1/$1#"; }
export MILEPOST_STORE_URL MILEPOST_VAULT_KEYS
MILEPOST_STORE_URL=$(in_database bench) MILEPOST_VAULT_KEYS=$(in_database bench_keys)
start_milepost "$work/data"
kill "$pid"; wait "$pid" 2>/dev/null || true
"$bin/bench_fill" --data "$work/data" --account "$account" --count 10000 --events 8
serve_milepost "$work/data"
export BENCH_KEY=$key BENCH_COUNT=10000
for round in $(seq 1 "$rounds"); do
  load "$port" create.lua >>"$work/create"
  load "$port" get.lua >>"$work/get"
  load "$port" batch.lua >>"$work/batch"
done
column() { awk -v c="$2" '{print $c}' "$work/$1" | median; }
figure "create on PostgreSQL" "$(column create 1)" "1/s"
figure "create on PostgreSQL p99" "$(column create 3)" "ms"
figure "get by number on PostgreSQL" "$(column get 1)" "1/s"
figure "get by number on PostgreSQL p99" "$(column get 3)" "ms"
figure "batch items on PostgreSQL" "$(awk -v b="$(column batch 1)" 'BEGIN {print b * 40}')" "1/s"
figure "errors on PostgreSQL" "$(cat "$work/create" "$work/get" "$work/batch" | awk '{s += $4} END {print s}')" "count" 0 most
