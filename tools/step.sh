#!/usr/bin/env bash
# Runs a command as one named step and says how long it took: tools/step.sh "build" cmake --build build/release
name=$1
shift
started=$SECONDS
echo "==> $name"
"$@"
status=$?
if [ $status = 0 ]; then
  echo "    $name: $((SECONDS - started)) s"
else
  echo "    $name: FAILED with status $status after $((SECONDS - started)) s: $*" >&2
fi
exit $status
