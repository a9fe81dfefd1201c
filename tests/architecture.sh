#!/usr/bin/env bash
# Do the includes obey the floor plan? A file may include its own room and what its room stands on (DEPS in the room's
# CMakeLists.txt, and theirs); a test or fuzzer also TEST_DEPS. The linker cannot see this: a header alone links always.
#
# And does everything that leaves this machine leave it through src/http, where the register of processors is asked? A
# socket made, a name looked up or a library's own connection opened anywhere else is a way out that nobody watches.
# And is the register asked by every client that the program makes? All but four are, and each of the four says why.
# clause-078.socket clause-051.hosts
#
#   tests/architecture.sh [SOURCE_FOLDER]
set -euo pipefail
cd "${1:-$(dirname "${BASH_SOURCE[0]}")/..}"

# One line a room: "room NAME FLOOR | deps | test deps".
rooms() {
  local file
  for file in src/*/CMakeLists.txt; do
    sed 's/#.*//; s/[()]/ & /g' "$file" | tr '\n' ' ' | awk '
      { for (i = 1; i <= NF; i++) {
          if ($i == "milepost_room") { name = $(i + 2); list = ""; i += 2; continue }
          if (name == "") continue
          if ($i == ")") break
          if ($i ~ /^(WITH_POSTGRES|FLOOR|DEPS|LIBS|PUBLIC_LIBS|TEST_LIBS|TEST_DEPS|SOURCES)$/) { list = $i; continue }
          if (list == "FLOOR") { floor = $i; list = "-" }
          if (list == "DEPS") deps = deps " " $i
          if (list == "TEST_DEPS") tests = tests " " $i
        }
        if (name != "") print "room " name " " floor " |" deps " |" tests }'
  done
}

includes() {
  # A cookie is set through its entry of the register (src/http/cookie.h); nobody else writes the header.
  grep -rniE --include='*.h' --include='*.cpp' '"set-cookie' src app 2>/dev/null |
    grep -vE '^(src/http/(answer|cookie)\.(h|cpp)|src/[^:]*_test\.cpp):' | sed 's/^\([^:]*:[0-9]*\):.*/cookie \1/' || true
  # g++ 12 may never resume a coroutine whose condition awaits something that takes a temporary: await first, ask then.
  grep -rnE --include='*.h' --include='*.cpp' '\b(if|while) \(!?\(?co_await\b|(&&|\|\||\?) !?\(?co_await\b' src app 2>/dev/null |
    grep -vE '^src/[^:]*_test\.cpp:|: *//' | sed 's/^\([^:]*:[0-9]*\):.*/await \1/' || true
  # A client without a gate may call anybody. These four call whom somebody chose for themselves (docs/operating.md): the
  # address a shop gave for its own webhooks, the service a person takes their data to, the sign-in provider a person
  # comes from; and the demo, which calls itself.
  grep -rlE --include='*.cpp' 'http::Client(::Options options;| client[;_(]|>\(http::Client::Options)' app |
    grep -vE '^app/(telling|rights|sign_in|demo)\.cpp$' | while read -r file; do
      made=$(grep -cE 'http::Client(::Options options;|>\(http::Client::Options)' "$file" || true)
      gated=$(grep -cE '^ *options\.gate = ' "$file" || true)
      if [ "$made" = 0 ] || [ "$made" != "$gated" ]; then echo "ungated $file:1"; fi
    done
  # store talks to its own database, smtp_listener only listens.
  grep -rnE --include='*.h' --include='*.cpp' '\bgetaddrinfo ?\(|(::|[^_a-z.>])(socket|connect) ?\((AF_|PF_|[a-z_.>-]+, ?[(&a-z_>-]+.*(ai_addr|sockaddr|sizeof))|::socket\(|\bcurl_(easy|multi)_init|\basync_connect|\bPQconnect|\bsqlite3_open|ip::(tcp|udp)' src app 2>/dev/null |
    grep -vE '^(src/(http|store)/|src/channels/email/smtp_listener\.cpp:|[^:]*_(test|fuzz)\.cpp:)|^[^:]*:[0-9]*: *//' | sed 's/^\([^:]*:[0-9]*\):.*/wayout \1/' || true
  grep -rnoE --include='*.h' --include='*.cpp' '^[[:space:]]*#[[:space:]]*include[[:space:]]*["<][^">]+[">]' src app 2>/dev/null || true
}

{
  rooms
  includes
} | awk '
  # May code of room `from` include room `to`, going down DEPS?
  function stands_on(from, to,   list, n, i) {
    if (from == to) return 1
    if (from in floor && to in floor && floor[to] >= floor[from]) return 0
    n = split(deps[from], list, " ")
    for (i = 1; i <= n; i++) if (stands_on(list[i], to)) return 1
    return 0
  }
  function complain(text) { print where ": " text; bad++ }

  BEGIN {
    # Outside libraries that are one room'"'"'s secret.
    secret["sqlite3.h"] = "store"; secret["libpq-fe.h"] = "store"
    secret["boost/beast"] = "http"; secret["boost/asio"] = "http"; secret["curl/"] = "http"
    secret["spdlog/"] = "base"; secret["prometheus/"] = "base"
    secret["openssl/"] = "crypto http"
  }
  $1 == "room" {
    name = $2; floor[name] = $3
    rest = $0; sub(/^[^|]*\|/, "", rest)
    split(rest, part, "|")
    deps[name] = part[1]; test_deps[name] = part[2]
    next
  }
  $1 == "wayout" { where = $2; complain("a way out of this machine that no register watches: use http::Client"); next }
  $1 == "await" { where = $2; complain("a condition awaits: give the answer a name first"); next }
  $1 == "ungated" { where = $2; complain("a client is made without the gate of the register: options.gate = ..."); next }
  $1 == "cookie" { where = $2; complain("a cookie is set through the register: response.cookies.set(...)"); next }
  {
    files++
    split($0, piece, ":")
    path = piece[1]; where = path ":" piece[2]
    match($0, /["<][^">]+[">]$/)
    quoted = substr($0, RSTART, 1) == "\""
    header = substr($0, RSTART + 1, RLENGTH - 2)
    split(path, way, "/")
    here = way[1] == "app" ? "app" : way[2]
    is_test = path ~ /_(test|fuzz|main)\.cpp$/

    if (path ~ /\.h$/ && (header == "iostream" || header == "regex"))
      complain("<" header "> in a header: every file that includes it pays")
    if (header == "regex") complain("<regex> is slow and can overflow the stack: use RE2 or plain code")
    for (library in secret)
      if (index(header, library) == 1 && index(" " secret[library] " ", " " here " ") == 0 && here != "app" && !is_test)
        complain("<" header "> belongs inside src/" secret[library])

    if (!quoted) next
    target = header; sub(/\/.*/, "", target)
    if (here == "app" || !(target in floor)) next
    if (!(here in floor)) next
    if (stands_on(here, target)) next
    allowed = 0
    if (is_test) {
      n = split(test_deps[here], list, " ")
      for (i = 1; i <= n; i++) if (stands_on(list[i], target)) allowed = 1
    }
    if (!allowed) {
      if (floor[target] > floor[here]) complain(here " (floor " floor[here] ") looks up at " target " (floor " floor[target] ")")
      else complain(here " includes " target " without standing on it (DEPS in src/" here "/CMakeLists.txt)")
    }
  }
  END {
    if (!files) { print "nothing was checked: is this the source folder?"; exit 1 }
    printf "%d includes checked, %d against the floor plan\n", files, bad
    exit bad > 0
  }'
