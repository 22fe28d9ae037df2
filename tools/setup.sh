#!/usr/bin/env bash
# Installs what building, testing and fuzzing whyzero need on Debian; says first what it will install.
#   tools/setup.sh [--check] build|test|fuzz     (test and fuzz include build; --check installs nothing)
# Python packages go into .venv.
set -euo pipefail
cd "$(dirname "$0")/.."

check_only=false
if [ "${1:-}" = --check ]; then check_only=true; shift; fi
what=${1:-build}
packages=(make g++ cmake ninja-build ccache pkg-config flatbuffers-compiler libflatbuffers-dev nlohmann-json3-dev libfmt-dev
  libjpeg-dev libpng-dev libzip-dev libssl-dev libcli11-dev)
case $what in
  build) ;;
  test) packages+=(libgtest-dev binutils python3 python3-venv) ;;
  fuzz) packages+=(clang-14 libclang-rt-14-dev) ;;
  *) echo "usage: tools/setup.sh [--check] build|test|fuzz" >&2; exit 2 ;;
esac

missing_packages() {
  local package
  for package in "${packages[@]}"; do
    [ "$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || printf '%s\n' "$package"
  done
}

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"
  elif command -v sudo >/dev/null; then sudo "$@"
  else
    echo "setup: installing needs root, and there is no sudo; as root: apt-get install ${missing[*]}" >&2
    return 1
  fi
}

retry() {
  local attempt
  for attempt in 1 2 3; do
    if "$@"; then return 0; fi
    [ "$attempt" = 3 ] || { echo "setup: attempt $attempt failed, once more in $((attempt * 10)) s: $*" >&2; sleep $((attempt * 10)); }
  done
  return 1
}

install_packages() {
  local apt=(env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 -o Acquire::Retries=3 -qq)
  as_root true
  retry as_root "${apt[@]}" update
  retry as_root "${apt[@]}" install -y --no-install-recommends "${missing[@]}" </dev/null >/dev/null
}

if command -v dpkg-query >/dev/null && command -v apt-get >/dev/null; then
  mapfile -t missing < <(missing_packages)
  if [ ${#missing[@]} -gt 0 ]; then
    if $check_only; then
      echo "setup: missing: ${missing[*]}" >&2
      echo "setup: \`tools/setup.sh $what\` installs them" >&2
      exit 1
    fi
    echo "setup: installing with apt-get: ${missing[*]}"
    install_packages
  else
    $check_only || echo "setup: every package for '$what' is there"
  fi
else
  $check_only || echo "setup: no apt-get here; these Debian packages, or what your system calls them, must be there: ${packages[*]}"
fi

if [ "$what" != test ] || $check_only; then exit 0; fi

wanted=$(grep -v '^#' tools/requirements-test.txt)
stamp=.venv/installed
if [ -x .venv/bin/python ] && [ "$(cat "$stamp" 2>/dev/null)" = "$wanted" ]; then
  echo "setup: .venv is up to date"
  exit 0
fi
# A python3 of one's own without ensurepip cannot make an environment with pip; Debian's can, once python3-venv is there.
python=
for candidate in python3 /usr/bin/python3; do
  if "$candidate" -c 'import ensurepip, venv' 2>/dev/null; then python=$candidate; break; fi
done
if [ -z "$python" ]; then
  echo "setup: no python3 with the modules venv and ensurepip; install python3-venv" >&2
  exit 1
fi
echo "setup: installing into .venv: ${wanted//$'\n'/ }"
rm -f "$stamp"
if ! .venv/bin/python -c 'import pip' 2>/dev/null; then "$python" -m venv --clear .venv; fi
.venv/bin/python -m pip install --quiet --disable-pip-version-check --retries 5 --requirement=tools/requirements-test.txt </dev/null
printf '%s\n' "$wanted" >"$stamp"
