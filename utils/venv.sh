#!/bin/sh
# Makes the virtual environment build/venv and installs the pinned Python
# packages into it:
#
#   utils/venv.sh [test] [solvers] [train]
#
# utils/requirements.txt always (HiGHS, linked into qev; as a program in
# build/venv/bin/highs), the named sets in addition. What is there already is left alone.
set -eu
cd "$(dirname "$0")/.."

venv=build/venv
# The distribution's own python3, rather than a version manager's shim.
python=/usr/bin/python3
[ -x "$python" ] || python=python3
mkdir -p build
if [ ! -x $venv/bin/pip ]; then
  "$python" -m venv $venv
fi

for set in '' "$@"; do
  file=utils/requirements${set:+-$set}.txt
  if [ ! -f "$file" ]; then
    echo "venv.sh: no such set of packages: $set (known: test, solvers, train)" >&2
    exit 2
  fi
  stamp=$venv/installed${set:+-$set}.txt
  cmp -s "$file" "$stamp" && continue
  PIP_DISABLE_PIP_VERSION_CHECK=1 $venv/bin/pip install --quiet -r "$file"
  cp "$file" "$stamp"
done

# The highs program of highsbox does not find its own library.
dist=$(echo $venv/lib/python3*/site-packages/highsbox/highs_dist)
cat >$venv/bin/highs.new <<END
#!/bin/sh
dist=\$(dirname "\$0")/../${dist#"$venv"/}
LD_LIBRARY_PATH=\$dist/lib\${LD_LIBRARY_PATH:+:\$LD_LIBRARY_PATH} exec "\$dist/bin/highs" "\$@"
END
chmod +x $venv/bin/highs.new
mv $venv/bin/highs.new $venv/bin/highs
