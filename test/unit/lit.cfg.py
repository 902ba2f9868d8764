# Configuration of the unit tests: every GoogleTest program below the build
# folder's test/unit, each of its cases counted as one test.

import os
import subprocess

import lit.formats

config.name = "qev-unit"
config.test_format = lit.formats.GoogleTest(".", "Tests")
config.test_source_root = config.qev_unittest_dir
config.test_exec_root = config.qev_unittest_dir

# As in test/lit.cfg.py: the solver programs of the virtual environment.
path = [os.environ.get("PATH", os.defpath), os.path.join(config.qev_venv, "bin")]
config.environment["PATH"] = os.pathsep.join(path)

# lit only warns when a program cannot list its cases; that would hide all of
# them.
for program in filter(None, config.qev_unittests):
    try:
        subprocess.run(
            [program, "--gtest_list_tests"],
            stdout=subprocess.DEVNULL,
            check=True,
        )
    except (OSError, subprocess.CalledProcessError) as problem:
        lit_config.error(f"cannot list the tests of {program}: {problem}")
