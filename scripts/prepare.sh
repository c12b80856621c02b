# How a checkout gets what it needs to run: packages, the native part, the compiled TypeScript; sourced by the others.
# A step runs only if what it makes is missing or older than what it is made from.

root=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.." && pwd -P)
stamps=$root/node_modules/.cache/mmreplay # npm ci removes them together with the packages

fail() {
  echo "mmreplay: $1" >&2
  exit 2
}

# True for `have >= want`, both as MAJOR.MINOR[.PATCH].
at_least() {
  local have want
  IFS=. read -r -a have <<<"$1"
  IFS=. read -r -a want <<<"$2"
  ((10#${have[0]} > want[0] || (10#${have[0]} == want[0] && 10#${have[1]:-0} >= want[1])))
}

need_node() {
  local found
  command -v node >/dev/null ||
    fail "Node.js is missing; install version 20.19 or newer: https://nodejs.org/en/download"
  found=$(node --version) || fail "node --version failed; install Node.js 20.19 or newer"
  at_least "${found#v}" 20.19 ||
    fail "Node.js $found is too old; install version 20.19 or newer: https://nodejs.org/en/download"
}

need_npm() {
  command -v npm >/dev/null ||
    fail "npm is missing; install it with Node.js (Debian, Ubuntu: apt-get install npm)"
}

need_cargo() {
  local found
  command -v cargo >/dev/null ||
    fail "cargo is missing; install Rust 1.89 or newer: https://rustup.rs"
  found=$(cd "$root/native" && cargo --version) || fail "cargo --version failed; run: rustup default stable"
  found=${found#cargo }
  at_least "${found%% *}" 1.89 ||
    fail "Rust ${found%% *} is too old; install 1.89 or newer: rustup update stable, or https://rustup.rs"
  command -v cc >/dev/null ||
    fail "the C linker cc is missing; install one (Debian, Ubuntu: apt-get install gcc libc6-dev)"
}

# True if a file among the given paths is newer than the stamp, or there is no stamp.
newer() {
  local stamp=$stamps/$1
  shift
  [[ ! -e $stamp || -n $(cd "$root" && find "$@" -type f -newer "$stamp" -print -quit) ]]
}

stale_packages() {
  ! cmp -s "$root/package-lock.json" "$stamps/package-lock.json"
}

stale_native() {
  [[ ! -e $root/native/prebuilt/index.cjs ]] ||
    newer native package.json native \( -name target -o -name prebuilt -o -name tests \) -prune -o
}

stale_dist() {
  [[ ! -e $root/dist/cli/main.js ]] ||
    newer dist src package.json tsconfig.json tsconfig.build.json scripts/clean.mjs scripts/assets.mjs
}

# Run a step without input, silently: its output is shown only if it fails.
quietly() {
  local name=$1
  shift
  printf ' %s ...' "$name" >&2
  if ! (cd "$root" && "$@") </dev/null >"$log" 2>&1 9<&-; then
    printf ' failed\n' >&2
    tail -n 60 "$log" >&2
    echo "mmreplay: this failed: $*" >&2
    exit 1
  fi
}

# The stamp carries the time before the step: what is edited meanwhile counts as newer.
stamped() {
  local stamp=$1
  shift
  mkdir -p "$stamps"
  touch "$stamps/$stamp.started"
  quietly "$@"
  mv "$stamps/$stamp.started" "$stamps/$stamp"
}

install_packages() {
  quietly "installing packages" npm ci --include=dev --no-audit --no-fund
  mkdir -p "$stamps"
  cp "$root/package-lock.json" "$stamps/package-lock.json"
}

build_native() {
  stamped native "compiling the search" npm run --silent build:native
}

build_dist() {
  stamped dist "compiling the rest" npm run --silent build:ts
}

# Make the given things current: packages, native, dist. One process builds, others wait for it.
prepare() {
  need_node
  local part stale=
  for part in "$@"; do
    # The stamps go when packages are installed, so that everything else is built again.
    if [[ $stale == *packages* ]] || "stale_$part"; then stale+=" $part"; fi
  done
  [[ -n $stale ]] || return 0
  need_npm
  [[ $stale != *native* ]] || need_cargo

  exec 9<"$root"
  if command -v flock >/dev/null && ! flock -n 9 2>/dev/null; then
    echo "mmreplay: waiting for another build" >&2
    flock 9 || true
  fi
  log=$(mktemp "${TMPDIR:-/tmp}/mmreplay-build.XXXXXX")
  trap 'rm -f "$log"' EXIT
  local begun=$SECONDS told=
  for part in $stale; do
    "stale_$part" || continue
    [[ -n $told ]] || printf 'mmreplay: first run or newer sources:' >&2
    told=yes
    case $part in
      packages) install_packages ;;
      native) build_native ;;
      dist) build_dist ;;
    esac
  done
  [[ -z $told ]] || printf ' done in %d s\n' $((SECONDS - begun)) >&2
  rm -f "$log"
  trap - EXIT
  exec 9<&-
}
