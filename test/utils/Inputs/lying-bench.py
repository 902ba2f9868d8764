"""Runs bench.py on figures of which one interval was made wrong.

lying-bench.py UTILS FIGURES ARGUMENT...
"""

import json
import sys

utils, figures_path, *arguments = sys.argv[1:]
sys.path.insert(0, utils)
import bench  # noqa: E402

with open(figures_path, encoding="utf-8") as file:
    figures = json.load(file)["digits"]["int8"]
figures["samples"][0]["methods"]["twin"]["intervals"][0] = [5, 6]
bench.run_bench = lambda program, words: figures
sys.argv[1:] = arguments
sys.exit(bench.main())
