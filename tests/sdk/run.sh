#!/usr/bin/env bash
# Runs one of the conformance programs beside this script against a Milepost of its own.
#
#   tests/sdk/run.sh client.mjs|moving.mjs|raw.mjs|hostile.mjs
#
# client.mjs and moving.mjs use the vendor's npm client, which speaks to https://api.trackingmore.com and nothing else. So
# they run in a private user, network and mount namespace, where that name is 127.0.0.1 and a throwaway authority is trusted.
# Nothing leaves the machine and nothing on it changes. Exit status 77: cannot be done here; the line says why.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

skip() {
  echo "SKIPPED: $*"
  exit 77
}

if [ "${1:-}" = --inside ]; then
  ip link set lo up
  mount --bind "$MILEPOST_SDK/hosts" /etc/hosts
  exec node "$here/$2"
fi

program=${1:?usage: tests/sdk/run.sh client.mjs|moving.mjs|raw.mjs|hostile.mjs}
command -v node >/dev/null || skip "node is not installed"
[ "$(node -p 'process.versions.node.split(".")[0] >= 18')" = true ] || skip "node is older than 18"
[[ $program == client.mjs || $program == moving.mjs ]] || exec node "$here/$program"

[ -d "$here/node_modules/trackingmore-sdk-nodejs" ] ||
  skip "the vendor's client is not installed (scripts/npm-ci tests/sdk; the npm registry may be out of reach)"
for tool in openssl unshare ip mount; do
  command -v $tool >/dev/null || skip "$tool is not installed"
done
[ -e /etc/hosts ] || skip "there is no /etc/hosts to put another one over"

# A user namespace of our own where that is allowed; else, as root, without one.
namespaces=''
for flags in -Urnm -nm; do
  if unshare $flags sh -c 'ip link set lo up && mount --bind /etc/hosts /etc/hosts' 2>/dev/null; then
    namespaces=$flags
    break
  fi
done
[ -n "$namespaces" ] || skip "this machine does not permit private namespaces (unshare -Urnm)"

MILEPOST_SDK=$(mktemp -d)
export MILEPOST_SDK
trap 'rm -rf "$MILEPOST_SDK"' EXIT
cd "$MILEPOST_SDK"

printf '127.0.0.1 localhost api.trackingmore.com\n' >hosts
{
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj '/CN=Throwaway authority' \
    -keyout authority.key -out authority.pem
  openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj '/CN=api.trackingmore.com' \
    -addext 'subjectAltName = DNS:api.trackingmore.com' -keyout server.key -out server.csr
  openssl x509 -req -in server.csr -CA authority.pem -CAkey authority.key -CAcreateserial -days 2 \
    -copy_extensions copyall -out server.pem
} >openssl.log 2>&1 || { cat openssl.log && exit 1; }
chmod 600 server.key

NODE_EXTRA_CA_CERTS=$MILEPOST_SDK/authority.pem unshare $namespaces bash "$here/run.sh" --inside "$program"
