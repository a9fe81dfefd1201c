#!/usr/bin/env bash
# What the v4 API costs against the bare limit of the same machine in the same run: create against a bare Beast +
# SQLite group commit, get by number against a bare Beast ping, a batch of forty against single creates.
. "$(dirname "$0")/lib.sh"

start_bare bench_bare_ping; ping_port=$port
start_bare bench_bare_create --db "$work/bare.db"; bare_port=$port
start_milepost "$work/data"
export BENCH_KEY=$key BENCH_COUNT=10000
kill "$pid"; wait "$pid" 2>/dev/null || true
"$bin/bench_fill" --data "$work/data" --account "$account" --count 10000 --events 8
serve_milepost "$work/data"; our_port=$port
# What an answer of the same length costs the kernel and the load generator alone.
bytes=$(curl -sS -H "Tracking-Api-Key: $key" "http://127.0.0.1:$our_port/v4/trackings/get?tracking_numbers=9400000000000000000000" | wc -c)
start_bare bench_bare_ping --bytes "$bytes"; long_port=$port

for round in $(seq 1 "$rounds"); do
  BENCH_PATH=/create load "$bare_port" create.lua >>"$work/bare_create"
  load "$our_port" create.lua >>"$work/create"
  BENCH_PATH=/ping load "$ping_port" get.lua >>"$work/ping"
  load "$our_port" get.lua >>"$work/get"
  BENCH_PATH=/ping load "$long_port" get.lua >>"$work/long"
  load "$our_port" batch.lua >>"$work/batch"
done

column() { awk -v c="$2" '{print $c}' "$work/$1" | median; }
ratio() { awk -v a="$1" -v b="$2" 'BEGIN {print (b > 0 ? a / b : 0)}'; }
bare_create=$(column bare_create 1) create=$(column create 1) ping=$(column ping 1) get=$(column get 1)
items=$(awk -v b="$(column batch 1)" 'BEGIN {print b * 40}')
figure "bare create" "$bare_create" "1/s"
figure "create" "$create" "1/s"
figure "create / bare create" "$(ratio "$create" "$bare_create")" "ratio" 0.5
figure "create p50" "$(column create 2)" "ms"
figure "create p99" "$(column create 3)" "ms" 10 most
figure "bare ping" "$ping" "1/s"
figure "get by number" "$get" "1/s"
figure "get by number / bare ping" "$(ratio "$get" "$ping")" "ratio" 0.6
figure "bare answer of $bytes bytes / bare ping" "$(ratio "$(column long 1)" "$ping")" "ratio"
figure "get by number / bare answer of $bytes bytes" "$(ratio "$get" "$(column long 1)")" "ratio"
figure "get by number p99" "$(column get 3)" "ms"
figure "batch items" "$items" "1/s"
figure "batch items / creates" "$(ratio "$items" "$create")" "ratio" 3
figure "errors" "$(cat "$work/create" "$work/get" "$work/batch" | awk '{s += $4} END {print s}')" "count" 0 most
figure "resident memory" "$(awk '/VmHWM/ {print $2 / 1024}' "/proc/$pid/status")" "MiB" 300 most
