# What the benches of the v4 API share: servers on free ports, wrk, medians, figures. Sourced by them.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
bin=${MILEPOST_BUILD:-$root/build/release}
seconds=${BENCH_SECONDS:-4}
rounds=${BENCH_ROUNDS:-3}
connections=${BENCH_CONNECTIONS:-64}

command -v wrk >/dev/null || { echo "bench: wrk is not installed (scripts/install-packages bench)" >&2; exit 77; }
for program in milepost bench_bare_ping bench_bare_create bench_fill; do
  [ -x "$bin/$program" ] || { echo "bench: $bin/$program is not built" >&2; exit 77; }
done

work=$(mktemp -d "${TMPDIR:-/tmp}/milepost-bench.XXXXXX")
servers=()
cleanup() {
  for pid in "${servers[@]:-}"; do [ -n "$pid" ] && kill "$pid" 2>/dev/null || true; done
  wait 2>/dev/null || true
  rm -rf "$work"
}
trap cleanup EXIT

free_port() {
  local port
  while :; do
    port=$((20000 + RANDOM % 20000))
    (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || { echo "$port"; return; }
  done
}
wait_for_port() {
  for _ in $(seq 1 200); do
    (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null && return
    sleep 0.05
  done
  echo "bench: nothing listens on port $1" >&2
  exit 1
}
# start_bare NAME ARGS...: sets port
start_bare() {
  port=$(free_port)
  "$bin/$1" --port "$port" "${@:2}" >"$work/$1.log" 2>&1 &
  servers+=($!)
  wait_for_port "$port"
}
# start_milepost DATA: sets port, pid, account, key. The account has no quota and no rate limit. More options of the
# configuration come from the environment.
start_milepost() {
  local data=$1
  account=$("$bin/milepost" account create --email bench@example.com --plan unlimited --data "$data" --json | sed 's/.*"account_id":\([0-9]*\).*/\1/')
  key=$("$bin/milepost" key create --account "$account" --name bench --data "$data" --json | sed 's/.*"key":"\([^"]*\)".*/\1/')
  serve_milepost "$data"
}
serve_milepost() {
  port=$(free_port)
  MILEPOST_LOG_FILE="$work/access.log" MILEPOST_LOG_FORM=json \
    "$bin/milepost" serve --data "$1" --listen "127.0.0.1:$port" >"$work/milepost.log" 2>&1 &
  pid=$!
  servers+=($pid)
  wait_for_port "$port"
}
# load PORT SCRIPT: "requests/s p50-ms p99-ms errors"
run_number=10
load() {
  run_number=$((run_number + 1))
  BENCH_RUN=$run_number wrk -t1 -c"$connections" -d"${seconds}s" --latency -s "$here/$2" "http://127.0.0.1:$1" | sed -n 's/^RESULT //p'
}
median() { sort -g | awk '{v[NR]=$1} END {print NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2}'; }
# figure NAME VALUE UNIT [BAR least|most]
figure() {
  awk -v f="$1" -v v="$2" -v u="$3" -v b="${4:-null}" -v k="${5:-least}" 'BEGIN {
    h = b == "null" ? "null" : (k == "least" ? (v + 0 >= b + 0) : (v + 0 <= b + 0)) ? "true" : "false"
    printf "{\"figure\":\"%s\",\"value\":%.6g,\"unit\":\"%s\",\"bar\":%s,\"holds\":%s}\n", f, v, u, b, h }'
}
