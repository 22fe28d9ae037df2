#!/usr/bin/env bash
# The demo: diagnoses two faulty apps around the fruit classifier, mends them, and diagnoses the mended ones.
# Fails unless every step ends as it must.
#   tools/demo.sh PROGRAM [OUTPUT_FOLDER]
set -uo pipefail
cd "$(dirname "$0")/.."
program=${1:?usage: tools/demo.sh PROGRAM [OUTPUT_FOLDER]}
output=${2:-build/demo}

# expect STATUS WHAT COMMAND…: runs the command and compares its exit status. With `log` set, its output goes to that file.
log=
expect() {
  local wanted=$1 what=$2 started=$SECONDS status
  shift 2
  printf '\n==> %s\n    $ %s\n\n' "$what" "$*"
  if [ -n "$log" ]; then "$@" >"$log"; else "$@"; fi
  status=$?
  if [ $status != "$wanted" ]; then
    printf '\ndemo: FAILED: exit status %s where %s was expected: %s\n' $status "$wanted" "$*" >&2
    exit 1
  fi
  printf '\n    exit status %s, as it must be; %s s\n' $status $((SECONDS - started))
}

# mend NAME WHAT: diagnoses examples/fruit/NAME.json, mends it, diagnoses the result.
mend() {
  local name=$1 what=$2 folder=$output/$1 mended
  rm -rf "$folder" && mkdir -p "$folder" || exit 1
  expect 1 "$what" "$program" diagnose "examples/fruit/$name.json"
  log=$folder/diagnosis.txt
  expect 1 "The same, and write the mended app" "$program" diagnose "examples/fruit/$name.json" --fix --output "$folder"
  log=
  mended=$(find "$folder" -maxdepth 1 -name '*.json' 2>/dev/null)
  if [ "$(grep -c . <<<"$mended")" != 1 ]; then
    printf '\ndemo: FAILED: %s should hold one mended app file, found: %s\n' "$folder" "${mended:-none}" >&2
    exit 1
  fi
  expect 0 "Diagnose the mended app: it must be healthy" "$program" diagnose "$mended"
}

mend app "A fruit classifier that is wrong for most photos"
mend app_int8 "An integer model that says one class for nearly every photo"
printf '\ndemo: both faults were found, mended and verified; the mended apps are in %s\n' "$output"
