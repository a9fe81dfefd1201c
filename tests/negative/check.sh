#!/bin/bash
# check.sh CASES COMPILER FLAG...
#
# Compiles every case of the folder CASES with WRONG defined: it must fail with the words that its first line expects.
# And compiles all of them together without WRONG, each in a namespace of its own: that must work, so that no case can
# rot into failing for another reason. Writes nothing; leaves its counts where GTEST_OUTPUT says, like the other tests.
set -u -o pipefail
cases=$1
shift
export LC_ALL=C
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

control() { # COMPILER FLAG...
  local file said
  {
    cat "$cases"/*.cpp | grep '^#include' | sort -u
    for file in "$cases"/*.cpp; do
      printf 'namespace %s {\n#include "%s"\n}\n' "$(basename "$file" .cpp)_case" "$(basename "$file")"
    done
  } >"$scratch/control.cpp"
  if said=$("$@" "$scratch/control.cpp" 2>&1); then
    echo "ok   all of them compile where they are right"
  else
    printf 'they do not compile even where they are right:\n%s\n' "$said"
    touch "$scratch/control.failed"
  fi
}

check() { # FILE COMPILER FLAG...
  local file=$1 name said expected
  name=$(basename "$file" .cpp)
  shift
  expected=$(sed -n '1s|^// expect: ||p' "$file")
  if [ -z "$expected" ]; then
    echo "$name: its first line does not say what to expect"
  elif said=$("$@" -DWRONG "$file" 2>&1); then
    echo "$name: compiles where it must not"
  elif ! grep -qE "$expected" <<<"$said"; then
    printf '%s: fails, but not with "%s":\n%s\n' "$name" "$expected" "$said"
  else
    echo "ok   $name"
    return
  fi
  touch "$scratch/$name.failed"
}
export -f check
export scratch

control "$@" &
find "$cases" -maxdepth 1 -name '*.cpp' -print0 | sort -z |
  xargs -0 -P 2 -I{} bash -c 'check "$@"' check {} "$@"
wait

total=$(find "$cases" -maxdepth 1 -name '*.cpp' | wc -l)
failed=$(find "$scratch" -name '*.failed' | wc -l)
echo "$total cases and one control, $failed failed"
if [[ ${GTEST_OUTPUT:-} == xml:* ]]; then
  mkdir -p "$(dirname "${GTEST_OUTPUT#xml:}")"
  printf '<?xml version="1.0"?>\n<testsuites tests="%d" failures="%d" disabled="0" errors="0" name="negative"/>\n' \
    "$((total + 1))" "$failed" >"${GTEST_OUTPUT#xml:}"
fi
[ "$failed" -eq 0 ] && [ "$total" -gt 0 ]
