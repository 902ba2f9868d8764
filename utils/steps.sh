# shellcheck shell=sh disable=SC2034,SC2119
# Shared by quickstart.sh and check.sh: runs the steps of a build and keeps
# their output in build/log, quiet unless a step fails.

log_dir=build/log
mkdir -p $log_dir

# step NAME TEXT COMMAND...
step() {
  name=$1
  text=$2
  shift 2
  begin=$(date +%s)
  printf '%s ... ' "$text"
  if "$@" >$log_dir/"$name".log 2>&1 </dev/null; then
    echo "done ($(($(date +%s) - begin)) s)"
  else
    status=$?
    echo "FAILED (exit status $status)"
    tail -n 25 $log_dir/"$name".log >&2
    echo "error: step '$name' failed; the whole output is in $PWD/$log_dir/$name.log" >&2
    exit 1
  fi
}

# install_packages PACKAGE...: the Debian packages among them that are missing.
# Not where there is no apt, and not with QEV_NO_APT=1: then configuring says
# what is missing.
install_packages() {
  if [ -n "${QEV_NO_APT:-}" ] || ! command -v apt-get >/dev/null; then
    return 0
  fi
  missing=
  for package; do
    case $(dpkg-query -W -f '${Status}' "$package" 2>/dev/null) in
    'install ok installed') ;;
    *) missing="$missing $package" ;;
    esac
  done
  [ -n "$missing" ] || return 0
  sudo=
  if [ "$(id -u)" != 0 ]; then
    if ! command -v sudo >/dev/null; then
      echo "error: not root and no sudo; please install:$missing" >&2
      exit 1
    fi
    sudo=sudo
    sudo -v
  fi
  # shellcheck disable=SC2086
  step packages "Installing$missing" apt_install $missing
}

apt_install() {
  $sudo apt-get update -q &&
    $sudo env DEBIAN_FRONTEND=noninteractive \
      apt-get install -q -y --no-install-recommends "$@"
}

# What the build needs.
build_packages='g++ cmake ninja-build pkg-config python3-venv
  llvm-19-dev libzstd-dev zlib1g-dev libonnx-dev libprotobuf-dev
  protobuf-compiler libz3-dev libeigen3-dev libgmp-dev'

# The build folder, configured. A new one compiles several files at once, which
# takes half the time; one that is there stays as it is.
configure() {
  step venv 'Python packages into build/venv' utils/venv.sh "$@"
  if [ -f build/CMakeCache.txt ]; then
    step configure 'Configuring build' cmake build
  else
    step configure 'Configuring build' \
      cmake --preset release -DCMAKE_UNITY_BUILD=ON
  fi
}
