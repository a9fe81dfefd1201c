# shellcheck shell=bash disable=SC2034
# Shared by run, test and scripts/*: how they speak, and how they build. To be sourced by bash.

if [ -t 2 ] && [ "${TERM:-dumb}" != dumb ]; then
  bold=$'\e[1m' dim=$'\e[2m' red=$'\e[31m' plain=$'\e[0m'
else
  bold='' dim='' red='' plain=''
fi

step() { printf '%s==> %s%s\n' "$bold" "$*" "$plain" >&2; }
note() { printf '%s    %s%s\n' "$dim" "$*" "$plain" >&2; }
die() {
  printf '%s%s%s\n' "$red" "$*" "$plain" >&2
  exit 1
}

# build PRESET TARGET...: configures when there is nothing yet (later ninja sees to it by itself), then builds.
build() {
  local preset=$1 dir=build/$1
  shift
  if [ ! -e "$dir/build.ninja" ]; then
    step "Configuring ($preset)"
    # A half-made cache of an interrupted configuration is worse than none.
    rm -f "$dir/CMakeCache.txt"
    cmake --preset "$preset" >&2
  fi
  step "Building ($preset: $*)"
  cmake --build "$dir" ${MILEPOST_JOBS:+--parallel "$MILEPOST_JOBS"} --target "$@" >&2
}

# Is something listening on this port of the loopback interface?
is_taken() { (: <"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }
