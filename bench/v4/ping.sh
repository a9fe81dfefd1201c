#!/usr/bin/env bash
# What our server costs above the library it stands on: the same ping, bare and through src/http.
. "$(dirname "$0")/lib.sh"
start_bare bench_bare_ping; bare=$port
start_bare bench_our_ping; ours=$port
export BENCH_PATH=/ping
for round in $(seq 1 "$rounds"); do
  load "$bare" get.lua >>"$work/bare"
  load "$ours" get.lua >>"$work/ours"
done
column() { awk -v c="$2" '{print $c}' "$work/$1" | median; }
figure "bare ping" "$(column bare 1)" "1/s"
figure "our ping" "$(column ours 1)" "1/s"
figure "our ping / bare ping" "$(awk -v a="$(column ours 1)" -v b="$(column bare 1)" 'BEGIN {print a / b}')" "ratio"
