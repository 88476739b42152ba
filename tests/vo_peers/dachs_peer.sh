#!/usr/bin/env bash
# A GAVO DaCHS server with a PostgreSQL of its own, on the loopback interface, for tests.
#
#   dachs_peer.sh DIR FIXTURES SPECTRUM…
#
#   DIR        an empty folder that is the server's alone (its owner becomes the user nobody where root calls)
#   FIXTURES   the folder with spec-q.rd and simbad-q.rd
#   SPECTRUM…  FITS files to publish, of the kinds that spec-q.rd knows
#
# Prints "missing PACKAGE…" and ends with status 3 where a Debian package is not there (those of the clients with which
# the test compares included); prints "ready URL" when the server answers; ends, and stops all that it started by their
# process ids, at SIGTERM or when its parent has ended. What goes wrong stands in DIR/log.
set -euo pipefail

dir=$1 fixtures=$2
shift 2

missing=()
for package in python3-gavo postgresql-15 postgresql-15-pgsphere postgresql-15-q3c python3-astropy python3-pyvo stilts curl; do
    state=$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null || true)
    [[ $state == installed ]] || missing+=("$package")
done
if ((${#missing[@]})); then
    echo "missing ${missing[*]}"
    exit 3
fi

# PostgreSQL refuses to run as root.
if [[ $(id -u) -eq 0 ]]; then
    mkdir -p "$dir/data"
    install -m 0644 -t "$dir/data" "$@"
    install -m 0644 "$fixtures/spec-q.rd" "$fixtures/simbad-q.rd" "${BASH_SOURCE[0]}" "$dir"
    chown -R nobody:nogroup "$dir"
    # The new process has this one's id and parent.
    exec setpriv --reuid=nobody --regid=nogroup --clear-groups \
        bash "$dir/$(basename "${BASH_SOURCE[0]}")" "$dir" "$dir" "$dir"/data/*
fi

parent=$PPID
exec 2>>"$dir/log"
export HOME=$dir GAVOSETTINGS=$dir/gavo.rc GAVOCUSTOM=none LC_ALL=C.UTF-8
unset PGHOST PGPORT PGUSER PGDATABASE

# PostgreSQL finds what belongs to it beside its programs, so that a copy of the programs takes a copy of pg_sphere's
# script. In the script the hints COMMUTATOR and NEGATOR go, because this PostgreSQL refuses operators that a third
# one names as its commutator.
lib=$(dirname "$(dirname "$(dpkg -L postgresql-15 | grep '/bin/initdb$')")")
share=$(dirname "$(dirname "$(dpkg -L postgresql-15-pgsphere | grep '/extension/pg_sphere.control$')")")
mkdir -p "$dir/pgsql$lib/bin" "$dir/pgsql$(dirname "$share")"
cp "$lib"/bin/{initdb,pg_ctl,postgres} "$dir/pgsql$lib/bin"
ln -s "$lib/lib" "$dir/pgsql$lib/lib"
cp -rL "$share" "$dir/pgsql$share"
/usr/bin/python3 - "$dir/pgsql$share"/extension/pg_sphere--1.2.0.sql <<'PYTHON'
import re, sys

path = sys.argv[1]


def without_hints(match):
    name = match.group(1)
    items = [item.strip() for item in match.group(2).split(",")]
    pairs = {}
    for item in items:
        key, _, value = item.partition("=")
        pairs[key.strip().upper()] = value.strip().strip("'").strip()
    symmetric = pairs.get("LEFTARG", "").lower() == pairs.get("RIGHTARG", "").lower()

    def stays(item):
        key = item.partition("=")[0].strip().upper()
        return key not in ("COMMUTATOR", "NEGATOR") or (
            key == "COMMUTATOR" and symmetric and pairs[key] == name)

    return "CREATE OPERATOR %s (\n  %s\n);" % (name, ",\n  ".join(filter(stays, items)))


text = open(path).read()
open(path, "w").write(re.sub(r"CREATE OPERATOR\s+(\S+)\s*\(([^;]*?)\)\s*;", without_hints, text))
PYTHON
bin=$dir/pgsql$lib/bin

free_port() {
    /usr/bin/python3 -c 'import socket
with socket.socket() as s:
    s.bind(("127.0.0.1", 0))
    print(s.getsockname()[1])'
}

server='' database=''
stop() {
    trap - EXIT TERM INT
    [[ -z $server ]] || kill "$server" 2>/dev/null || true
    [[ -z $database ]] || "$bin/pg_ctl" -D "$dir/pg" -m immediate stop >>"$dir/log" || true
    [[ -z $server ]] || wait "$server" 2>/dev/null || true
    exit "${1:-0}"
}
trap 'stop $?' EXIT
trap 'stop 0' TERM INT

"$bin/initdb" -D "$dir/pg" -U dachs -E UTF8 --locale=C.UTF-8 -A trust >>"$dir/log"
pgport=$(free_port)
database=1
"$bin/pg_ctl" -D "$dir/pg" -l "$dir/pg.log" -w \
    -o "-c listen_addresses=127.0.0.1 -c port=$pgport -c unix_socket_directories=$dir -c fsync=off" start >>"$dir/log"
"$lib/bin/createdb" -h "$dir" -p "$pgport" -U dachs -E UTF8 --template template0 gavo

webport=$(free_port)
cat >"$dir/gavo.rc" <<RC
[general]
rootDir: $dir/root
tempDir: $dir/root/tmp
logDir: $dir/root/logs
cacheDir: $dir/root/cache
stateDir: $dir/root/state
group: $(id -gn)
maintainerAddress: nobody@localhost
[web]
bindAddress: 127.0.0.1
serverPort: $webport
serverURL: http://127.0.0.1:$webport
user: $(id -un)
[ivoa]
authority: x-unregistred.test
RC
export PGUSER=dachs
dachs init -d "host=$dir port=$pgport dbname=gavo" >>"$dir/log"
mkdir -p "$dir/root/inputs/spec/data"
cp "$fixtures/spec-q.rd" "$dir/root/inputs/spec/q.rd"
cp "$@" "$dir/root/inputs/spec/data"
for description in //tap //obscore spec/q; do dachs imp "$description" >>"$dir/log"; done
dachs serve debug >>"$dir/log" 2>&1 &
server=$!
url=http://127.0.0.1:$webport
until curl -sf -o "$dir/answer" "$url/spec/q/ssa/ssap.xml?REQUEST=queryData&MAXREC=0"; do
    kill -0 "$server" || { echo "the server ended"; exit 1; }
    sleep 0.3
done
echo "ready $url"
parent_now() {
    local fields
    read -r -a fields <"/proc/$$/stat"
    echo "${fields[3]}"
}
while kill -0 "$server" 2>/dev/null && [[ $(parent_now) == "$parent" ]]; do sleep 0.5; done
