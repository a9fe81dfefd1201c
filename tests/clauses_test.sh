#!/usr/bin/env bash
# The clause ledger is honest: a part without a test is not held, an unknown tag stops it, a stale page is noticed.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
house=$(mktemp -d)
trap 'rm -rf "$house"' EXIT
mkdir -p "$house/tests" "$house/src/room" "$house/app" "$house/data/privacy" "$house/docs"
cp "$here/clauses" "$house/tests/"
tag=clause
printf '# ---- One\n\n[001]\nsays = "whole"\n\n[002]\nsays = "two parts"\nfirst = "a"\nsecond = "b"\n\n[003a]\nsays = "nobody"\nx = "c"\n' >"$house/data/privacy/clauses.toml"

bad=0
expect() { # WHAT PATTERN
  if grep -q -- "$2" "$house/docs/clauses.md"; then echo "ok   $1"; else echo "FAIL $1" && cat "$house/docs/clauses.md" && bad=1; fi
}
refused() { # WHAT PATTERN
  local said
  if said=$("$house/tests/clauses" 2>&1); then echo "FAIL $1: accepted" && bad=1
  elif [[ $said == *$2* ]]; then echo "ok   $1"
  else echo "FAIL $1: $said" && bad=1; fi
}
tests() { printf '%s\n' "$@" >"$house/src/room/a_test.cpp"; }

tests "// $tag-001 $tag-002.first" 'TEST(A, B) {}'
"$house/tests/clauses" --write >/dev/null
expect 'a clause without parts is held by one test' '^| 001 | whole | \*\*held\*\* | `A.B`'
expect 'a clause with one of two parts is partly held' '^| 002 | two parts | \*partly held\*.*b: \*\*no test yet'
expect 'a clause nobody shows is open' '^| 003a | nobody | open'
expect 'the counts' '^3 clauses: 1 held, 1 partly held, 1 open. 1 of 3 parts'
tests "// $tag-002" 'TEST(A, B) {}'
refused 'a page that is older than the tests' 'is not what the tests show'
"$house/tests/clauses" --write >/dev/null
expect 'a tag without a part holds no part' '^| 002 | two parts | \*partly held\*.*a: \*\*no test yet'
tests "// $tag-009" 'TEST(A, B) {}'
refused 'a clause that is not there' 'there is no clause 009'
tests "// $tag-002.third" 'TEST(A, B) {}'
refused 'a part that is not there' 'has no part "third"'
tests "// $tag-001" 'TEST(A, DISABLED_B) {}'
refused 'a test that does not run' 'does not run'
tests "// $tag-001" 'int helper();'
refused 'a tag above nothing' 'directly above a test'
exit $bad
