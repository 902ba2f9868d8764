#!/usr/bin/env python3
"""Checks the include order of the libraries and the fences of dependencies.

    check-includes.py [TREE]

Reads every source file in TREE/lib, TREE/include/qev, TREE/tools and
TREE/test/unit. A file of one library may include headers of its own library and
of those its library builds on, directly or through others. The headers of some
dependencies are fenced into few libraries. Prints each violation as
file:line: error: ... and exits with 1 if there was any.
"""

import pathlib
import re
import sys
from collections.abc import Iterator

# What each library builds on directly.
ORDER = {
    "Support": [],
    "IR": ["Support"],
    "Pass": ["IR"],
    "Analysis": ["IR"],
    "Interp": ["IR"],
    "Import": ["IR", "Interp"],
    "Transforms": ["Pass", "Analysis", "Interp"],
    "Encode": ["Analysis"],
    "Target": ["Encode"],
    "Solver": ["Encode", "Target"],
    "Search": ["Analysis", "Interp", "Solver"],
    "Driver": ["Import", "Transforms", "Target", "Search"],
}

# Headers of dependencies, and the only libraries that may include them.
FENCES = [
    (r"onnx/|google/protobuf/", "onnx and protobuf", ["Import"]),
    (r"zlib\.h", "zlib", ["Support"]),
    (r"z3(\+\+|_\w+)?\.h", "Z3", ["Solver"]),
    (r"interfaces/highs_|highs/|Highs\.h", "HiGHS", ["Solver"]),
    (r"Eigen/|unsupported/Eigen/", "Eigen", ["Analysis", "Interp", "Search"]),
]

SUFFIXES = {".h", ".cpp", ".def", ".inc", ".in"}
INCLUDE = re.compile(r'\s*#\s*include\s*[<"]([^">]+)[">]')


def reachable(library: str) -> set[str]:
    """The library and everything it builds on."""
    result = {library}
    for below in ORDER[library]:
        result |= reachable(below)
    return result


def owner(path: pathlib.PurePath) -> str | None:
    """The library of a file, named by its path in the tree; None for tools and
    for files that belong to no library."""
    match path.parts:
        case ("test", "unit", "Common", *_):
            return None
        case ("lib", library, _, *_) | ("include", "qev", library, _, *_):
            return library
        case ("test", "unit", library, _, *_):
            return library
    return None


def check_file(tree: pathlib.Path, path: pathlib.PurePath) -> Iterator[str]:
    library = owner(path)
    if library is not None and library not in ORDER:
        yield f"{path}:1: error: '{library}' is not a library of the include order"
        return
    is_test = path.parts[0] == "test"
    allowed = reachable(library) if library else set(ORDER)
    text = (tree / path).read_text(encoding="utf-8")
    for number, line in enumerate(text.splitlines(), start=1):
        if not (match := INCLUDE.match(line)):
            continue
        header = match[1]
        for pattern, what, users in FENCES:
            if re.match(pattern, header) and library not in users:
                place = f"'{library}'" if library else f"'{path.parts[0]}'"
                yield (
                    f"{path}:{number}: error: {place} must not include '{header}': "
                    f"headers of {what} belong in {', '.join(users)}"
                )
        parts = header.split("/")
        # A unit test may use any library as an oracle.
        if parts[0] != "qev" or len(parts) < 3 or is_test:
            continue
        if parts[1] not in ORDER:
            yield (
                f"{path}:{number}: error: '{parts[1]}' is not a library of the "
                "include order"
            )
        elif parts[1] not in allowed:
            yield (
                f"{path}:{number}: error: '{library}' must not include '{header}': "
                f"it builds on {', '.join(sorted(allowed - {library})) or 'nothing'}"
            )


def main(arguments: list[str]) -> int:
    tree = (
        pathlib.Path(arguments[0]) if arguments else pathlib.Path(__file__).parents[1]
    )
    errors = files = 0
    for folder in ("include/qev", "lib", "tools", "test/unit"):
        for path in sorted((tree / folder).rglob("*")):
            if path.suffix not in SUFFIXES or not path.is_file():
                continue
            files += 1
            for message in check_file(tree, path.relative_to(tree)):
                print(message)
                errors += 1
    print(
        f"{files} files, {errors} include{'' if errors == 1 else 's'} against the order"
    )
    return 1 if errors else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
