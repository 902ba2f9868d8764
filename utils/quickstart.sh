#!/bin/sh
# From a bare Debian 12 to a verified model pair: installs what is missing,
# builds qev into build/ and asks it three questions about the small pair of
# networks in test/models/digits.
set -eu
cd "$(dirname "$0")/.."
. utils/steps.sh

# shellcheck disable=SC2086
install_packages $build_packages
# shellcheck disable=SC2119
configure
step build 'Building build/bin/qev' cmake --build build --target qev

# ask STATUS TITLE OPTION...: runs qev, shows the command and its answer, and
# fails unless it ends with the expected status.
models=test/models/digits
witness=build/quickstart
ask() {
  expected=$1
  printf '\n%s\n' "$2"
  shift 2
  set -- build/bin/qev verify $models/float.onnx $models/int8.onnx \
    --input $models/inputs.npy --clip 0:1 "$@"
  echo "\$ $*"
  status=0
  "$@" || status=$?
  if [ $status != "$expected" ]; then
    echo "error: exit status $status, expected $expected" >&2
    exit 1
  fi
}
show() {
  echo "\$ $*"
  "$@"
}

ask 0 '1. Pixels change by up to 0.01: outputs drift by at most 0.5. Bounds alone prove it:' \
  --sample 0 --radius 0.01 --epsilon 0.5
ask 0 '2. Pixels change by up to 0.1: the quantized model sees the digit that the float model sees. A solver proves what bounds leave open:' \
  --sample 2 --radius 0.1 --top1 --timeout 600
ask 1 '3. The same claim about another image is wrong. The counterexample is kept:' \
  --sample 6 --radius 0.1 --top1 --witness $witness
printf '\nThe interpreter runs both models on it, in float32 as a runtime does:\n'
show build/bin/qev run $models/float.onnx --input $witness/sample6.input.npy
show build/bin/qev run $models/int8.onnx --input $witness/sample6.input.npy
if build/venv/bin/python3 -c 'import onnxruntime, numpy' 2>/dev/null; then
  printf '\nAnd so does ONNX Runtime:\n'
  show build/venv/bin/python3 utils/replay-witness.py $models/float.onnx $models/int8.onnx $witness 6
fi
printf '\nqev is in build/bin; "build/bin/qev help" lists its commands.\n'
