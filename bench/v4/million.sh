#!/usr/bin/env bash
# A million shipments of eight events each (BENCH_MILLION), against ten thousand: time of get and create, memory, start,
# bytes on disk.
. "$(dirname "$0")/lib.sh"
large=${BENCH_MILLION:-1000000}

prepare() {  # NAME COUNT: fills a store
  start_milepost "$work/$1"
  kill "$pid"; wait "$pid" 2>/dev/null || true
  "$bin/bench_fill" --data "$work/$1" --account "$account" --count "$2" --events 8
  eval "$1_key=\$key"
}
prepare small 10000
prepare large "$large"

bytes() { du -cb "$1"/milepost.db* | tail -1 | cut -f1; }
figure "bytes per shipment on disk" "$(awk -v b="$(bytes "$work/large")" -v n="$large" 'BEGIN {print b / n}')" "bytes"
figure "bytes per shipment in the key store" "$(awk -v b="$(du -cb "$work/large"/keys.db* | tail -1 | cut -f1)" -v n="$large" 'BEGIN {print b / n}')" "bytes"

serve_milepost "$work/small"; small_port=$port
began=$(date +%s%N)
serve_milepost "$work/large"; large_port=$port large_pid=$pid
figure "start with the large store" "$(awk -v a="$began" -v b="$(date +%s%N)" 'BEGIN {print (b - a) / 1e9}')" "s" 1 most

for round in $(seq 1 "$rounds"); do
  BENCH_KEY=$small_key BENCH_COUNT=10000 load "$small_port" get.lua >>"$work/get_small"
  BENCH_KEY=$large_key BENCH_COUNT=$large load "$large_port" get.lua >>"$work/get_large"
  BENCH_KEY=$small_key load "$small_port" create.lua >>"$work/create_small"
  BENCH_KEY=$large_key load "$large_port" create.lua >>"$work/create_large"
done
column() { awk -v c="$2" '{print $c}' "$work/$1" | median; }
for what in get create; do
  figure "$what at 10,000" "$(column ${what}_small 1)" "1/s"
  figure "$what at $large" "$(column ${what}_large 1)" "1/s"
  figure "$what cost, large / small" "$(awk -v a="$(column ${what}_small 1)" -v b="$(column ${what}_large 1)" 'BEGIN {print (b > 0 ? a / b : 999)}')" "ratio" 1.3 most
done
figure "resident memory, large store" "$(awk '/VmHWM/ {print $2 / 1024}' "/proc/$large_pid/status")" "MiB" 300 most
