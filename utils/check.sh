#!/bin/sh
# Builds qev with everything its tests can use and runs all of them: the include
# order of the libraries (a lit test as well), the lit suite with the unit
# tests, and the shell tests once more with every program printed and read back
# on its way. With --guards also the whole suite under the sanitizers, and
# clang-tidy on all files. The last line is the sum: "N passed, N failed", then
# ", N skipped" if there were any.
set -eu
cd "$(dirname "$0")/.."
. utils/steps.sh
case "$*" in
'') guards= ;;
--guards) guards=yes ;;
*)
  echo "error: usage: utils/check.sh [--guards], got '$*'" >&2
  exit 2
  ;;
esac

# shellcheck disable=SC2086
install_packages $build_packages llvm-19-tools libgtest-dev \
  coinor-cbc glpk-utils z3 cvc5 ${guards:+clang-tidy-19}
configure test
step build 'Building everything' cmake --build build

# run NAME TEXT COMMAND...: like a step, but failing tests are counted and
# reported at the end instead of ending the run.
run() {
  name=$1
  printf '%s ... ' "$2"
  shift 2
  begin=$(date +%s)
  if "$@" >$log_dir/"$name".log 2>&1 </dev/null; then
    echo "done ($(($(date +%s) - begin)) s)"
  else
    echo "FAILURES ($(($(date +%s) - begin)) s)"
    failed_logs="$failed_logs $log_dir/$name.log"
  fi
}

failed_logs=
rm -f $log_dir/*.json
run lit 'All tests' \
  build/bin/qev-lit -v -o "$PWD/$log_dir/lit.json"
run roundtrip 'Shell tests in round-trip mode' env QEV_ROUNDTRIP=1 \
  build/bin/qev-lit -v -o "$PWD/$log_dir/roundtrip.json" test
results="$log_dir/lit.json $log_dir/roundtrip.json"
if [ -n "$guards" ]; then
  step asan-configure 'Configuring build-asan' \
    cmake --preset asan-ubsan -DCMAKE_UNITY_BUILD=ON
  step asan-build 'Building with sanitizers' cmake --build build-asan
  run sanitizers 'All tests under the sanitizers' \
    build-asan/bin/qev-lit -v -o "$PWD/$log_dir/sanitizers.json"
  step tidy-configure 'Configuring build-tidy' \
    cmake --preset tidy -DCMAKE_UNITY_BUILD=ON
  run tidy 'clang-tidy on all files' \
    utils/tidy.py build-tidy -o "$PWD/$log_dir/tidy.json"
  results="$results $log_dir/sanitizers.json $log_dir/tidy.json"
fi

for log in $failed_logs; do
  echo "error: failures in $PWD/$log" >&2
  grep -E '^(FAIL|XPASS|UNRESOLVED|TIMEOUT|ERROR|error):|fatal error' "$log" >&2 || tail -n 25 "$log" >&2
done
summary=0
# shellcheck disable=SC2086
build/venv/bin/python3 utils/sum-results.py $results || summary=$?
[ -z "$failed_logs" ] && exit $summary
exit 1
