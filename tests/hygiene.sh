#!/usr/bin/env bash
# Small things that a reader trips over: paths of somebody's machine, notes without words, merge leftovers, scripts that
# do not parse, unformatted files, lock files that name a registry.
#
#   tests/hygiene.sh [--staged]     --staged: only what is about to be committed
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

if [ "${1:-}" = --staged ]; then
  mapfile -t files < <(git diff --cached --name-only --diff-filter=d)
elif git rev-parse --is-inside-work-tree >/dev/null 2>&1; then
  mapfile -t files < <(git ls-files --cached --others --exclude-standard)
else # an unpacked release
  mapfile -t files < <(find . -type f -not -path './build/*' -not -path '*/node_modules/*' | sed 's|^\./||')
fi
texts=()
for file in "${files[@]}"; do
  [ -f "$file" ] && [ ! -L "$file" ] && case $file in
    LICENSE | *.csv | *.gz | *.png | *.ico | *.woff2 | *.pem) ;;
    # Fuzzers' seeds and captured payloads are what they are.
    *_seeds/* | */fixtures/* | */corpus/*) ;;
    *) texts+=("$file") ;;
  esac
done
[ ${#texts[@]} -gt 0 ] || exit 0

bad=0
# refuse WHY REGEX [FILE...]: complains about each line that matches.
refuse() {
  local why=$1 pattern=$2
  shift 2
  [ $# -gt 0 ] || return 0
  local found
  if found=$(grep -HnIE -e "$pattern" -- "$@"); then
    printf '%s:\n%s\n\n' "$why" "$(printf '%s' "$found" | cut -c1-200 | sed 's/^/  /')"
    bad=$((bad + $(printf '%s\n' "$found" | wc -l)))
  fi
}
matching() { printf '%s\n' "${texts[@]}" | grep -E -- "$1" || true; }

mapfile -t code < <(matching '\.(cpp|h|cmake|sh|mjs|js|ts|sql|toml)$|CMakeLists\.txt$|^(run|test)$|^scripts/')
mapfile -t sources < <(matching '^(src|app|tests|bench|fuzz)/.*\.(cpp|h)$')
mapfile -t locks < <(matching '(^|/)package-lock\.json$')

refuse "A path of one machine" '(^|[^A-Za-z0-9_.}/-])/(home|root|Users|work|workspace|mnt)/[A-Za-z0-9._-]' "${texts[@]}"
refuse "A fixed temporary folder (take TMPDIR, or mkdtemp)" '(^|[^A-Za-z0-9_.}-])/tm[p]/[A-Za-z0-9_-]*([^A-Za-z0-9_.-]|\.[^X]|$)' "${texts[@]}"
refuse "A merge's leftovers" '^(<<<<<<<|>>>>>>>|\|\|\|\|\|\|\|)( |$)' "${texts[@]}"
refuse "A note that does not say what is to be done" '(^|[^A-Za-z_])(TODO|FIXME|XXX)[^A-Za-z_]*$' "${code[@]}"
refuse "White space at a line's end" '[[:blank:]]+$' "${code[@]}"
refuse "A lock file that names a registry" '"resolved":' "${locks[@]}"

for file in "${code[@]}"; do
  case $file in
    *.sh) ;;
    *) head -c 40 "$file" | head -1 | grep -q '^#!.*bash' || continue ;;
  esac
  bash -n "$file" || bad=$((bad + 1))
done
for file in run test .ci/run; do
  [ -x "$file" ] || { echo "$file is not executable" && bad=$((bad + 1)); }
done

formatted='formatting not checked: clang-format-14 is not here'
if command -v clang-format-14 >/dev/null && [ ${#sources[@]} -gt 0 ]; then
  unformatted=$(printf '%s\0' "${sources[@]}" |
    xargs -0 -n 8 -P "$(nproc)" clang-format-14 --dry-run 2>&1 | sed -n 's/^\([^:]*\):[0-9]*:[0-9]*: .*clang-format-violations.*/\1/p' | sort -u)
  if [ -n "$unformatted" ]; then
    printf 'Not formatted (scripts/format does it):\n%s\n\n' "$(printf '%s\n' "$unformatted" | sed 's/^/  /')"
    bad=$((bad + $(printf '%s\n' "$unformatted" | wc -l)))
  fi
  formatted="${#sources[@]} sources formatted as agreed"
  [ -z "$unformatted" ] || formatted="some sources not formatted"
fi

printf '%d files looked at, %s, %d complaints\n' "${#texts[@]}" "$formatted" "$bad"
[ $bad = 0 ]
