#!/usr/bin/env python3
"""Decides an SMT-LIB file with Z3 and cvc5, programs on the PATH.

    solve-smtlib.py FILE

Prints "sat" or "unsat" if both say so; else what each says, and exits with 1.
"""

import subprocess
import sys


def decide(program: str, path: str) -> str:
    """The program's first line; behind `unsat` it complains that there are no
    values to get."""
    try:
        output = subprocess.run(
            [program, path], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        ).stdout
    except FileNotFoundError as missing:
        return str(missing)
    return output.partition("\n")[0]


def main(arguments: list[str]) -> int:
    if len(arguments) != 1:
        print(__doc__.strip(), file=sys.stderr)
        return 2
    answers = {program: decide(program, arguments[0]) for program in ("z3", "cvc5")}
    if set(answers.values()) in ({"sat"}, {"unsat"}):
        print(answers["z3"])
        return 0
    for program, answer in answers.items():
        print(f"{program}: {answer}")
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
