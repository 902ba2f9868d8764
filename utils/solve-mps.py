#!/usr/bin/env python3
"""Solves an MPS file with each of the named solvers and compares their answers.

    solve-mps.py SOLVER[,SOLVER...] FILE

Prints "optimal VALUE", "infeasible" or "unknown: STATUS" for each, with several
solvers as "SOLVER: optimal VALUE". Exits with 1 unless all are optimal with the
same value to 1e-6 relative, or all infeasible. For conformance tests: every
solver has to read the written dialect in the same sense. Options are those of
docs/Encoding.md.

highs, cbc and glpsol are programs on the PATH; scip, gurobi, cplex, xpress and
copt are the packages in utils/requirements-solvers.txt.
"""

import contextlib
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator

# Values that differ by no more are the same: relative to the larger one.
AGREEMENT = 1e-6
# Of feasibility and integrality.
TOLERANCE = 1e-7

# What a solver says of a file: "optimal" with the value, "infeasible" or else
# its own word.
Answer = tuple[str, float | None]


# ------------------------------------------------------------------------------
# Programs
# ------------------------------------------------------------------------------


def run(*command: str) -> str:
    """The program's output; it says more than the exit status does."""
    return subprocess.run(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ).stdout


def find(pattern: str, text: str) -> str:
    """The last match's group, or what was looked for in vain."""
    found = re.findall(pattern, text, re.MULTILINE)
    return found[-1].strip() if found else f"no {pattern!r} in the output"


@contextlib.contextmanager
def temporary_file(text: str = "") -> Iterator[str]:
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
        file.write(text)
        file.flush()
        yield file.name


def highs(path: str) -> Answer:
    options = "".join(
        f"{option}\n"
        for option in (
            "threads=1",
            # Presolving loses points of some systems (docs/Encoding.md).
            "presolve=off",
            "mip_rel_gap=0",
            "mip_abs_gap=0",
            f"primal_feasibility_tolerance={TOLERANCE}",
            f"dual_feasibility_tolerance={TOLERANCE}",
            f"mip_feasibility_tolerance={TOLERANCE}",
        )
    )
    with temporary_file(options) as options_file, temporary_file() as solution:
        run("highs", "--options_file", options_file, "--solution_file", solution, path)
        with open(solution, encoding="utf-8") as file:
            text = file.read()
    status = find(r"^Model status\n(.*)$", text).lower()
    if status == "optimal":
        return status, float(find(r"^Objective (.*)$", text))
    return status, None


def cbc(path: str) -> Answer:
    options = {
        "increment": 1e-9,
        "ratioGap": 0,
        "allowableGap": 0,
        "primalTolerance": TOLERANCE,
        # Its default of 1e-7 leaves large columns far from their optimum.
        "dualTolerance": 1e-9,
        "integerTolerance": TOLERANCE,
        "preprocess": "off",
    }
    words = [word for name, value in options.items() for word in (f"-{name}", str(value))]
    with temporary_file() as solution:
        run("cbc", path, *words, "-solve", "-solution", solution)
        with open(solution, encoding="utf-8") as file:
            first = file.readline()
    if first.startswith("Optimal - "):
        return "optimal", float(find(r"objective value (.*)$", first))
    if first.lower().startswith(("infeasible", "integer infeasible")):
        return "infeasible", None
    return first.strip() or "no solution file", None


def glpsol(path: str) -> Answer:
    # The solution file tells "infeasible" from "nothing found" only by the log.
    with temporary_file() as solution:
        log = run("glpsol", "--freemps", path, "-w", solution)
        with open(solution, encoding="utf-8") as file:
            text = file.read()
    if re.search("HAS NO (PRIMAL|INTEGER) FEASIBLE SOLUTION", log):
        return "infeasible", None
    status = find(r"^c Status: +(.*)$", text).lower()
    if status in ("optimal", "integer optimal"):
        return "optimal", float(find(r"^s (?:mip|bas) .* (\S+)$", text))
    return status, None


# ------------------------------------------------------------------------------
# Packages
# ------------------------------------------------------------------------------


def scip(path: str) -> Answer:
    from pyscipopt import Model

    model = Model()
    model.hideOutput()
    model.readProblem(path)
    model.setParam("limits/gap", 0)
    model.setParam("numerics/feastol", TOLERANCE)
    model.setParam("numerics/dualfeastol", TOLERANCE)
    # Cuts lose optimal points of systems with exact rounding.
    model.setParam("separating/maxrounds", 0)
    model.setParam("separating/maxroundsroot", 0)
    model.optimize()
    status = model.getStatus()
    return status, model.getObjVal() if status == "optimal" else None


def gurobi(path: str) -> Answer:
    import gurobipy
    from gurobipy import GRB

    with gurobipy.Env(params={"OutputFlag": 0}) as env:
        with gurobipy.read(path, env) as model:
            model.Params.Threads = 1
            model.Params.MIPGap = 0
            model.Params.MIPGapAbs = 0
            model.Params.FeasibilityTol = TOLERANCE
            model.Params.OptimalityTol = TOLERANCE
            model.Params.IntFeasTol = TOLERANCE
            # As of SCIP.
            model.Params.Cuts = 0
            # Tells infeasible from unbounded.
            model.Params.DualReductions = 0
            model.optimize()
            if model.Status == GRB.OPTIMAL:
                return "optimal", model.ObjVal
            infeasible = model.Status == GRB.INFEASIBLE
            return "infeasible" if infeasible else str(model.Status), None


def cplex(path: str) -> Answer:
    import cplex as package

    with package.Cplex() as model:
        for stream in (
            model.set_log_stream,
            model.set_results_stream,
            model.set_warning_stream,
            model.set_error_stream,
        ):
            stream(None)
        model.read(path)
        parameters = model.parameters
        parameters.threads.set(1)
        parameters.mip.tolerances.mipgap.set(0)
        parameters.mip.tolerances.absmipgap.set(0)
        parameters.mip.tolerances.integrality.set(TOLERANCE)
        parameters.simplex.tolerances.feasibility.set(TOLERANCE)
        parameters.simplex.tolerances.optimality.set(TOLERANCE)
        model.solve()
        status = model.solution.get_status_string()
        if "optimal" in status:
            return "optimal", model.solution.get_objective_value()
        return "infeasible" if "infeasible" in status else status, None


def xpress(path: str) -> Answer:
    import xpress as package

    package.init()
    model = package.problem()
    controls = model.controls
    controls.outputlog = 0
    controls.threads = 1
    controls.miprelstop = 0
    controls.mipabsstop = 0
    controls.miptol = TOLERANCE
    controls.feastol = TOLERANCE
    controls.optimalitytol = TOLERANCE
    model.readProb(path)
    _, status = model.optimize()
    if status == package.SolStatus.OPTIMAL:
        return "optimal", model.attributes.objval
    infeasible = status == package.SolStatus.INFEASIBLE
    return "infeasible" if infeasible else status.name, None


def copt(path: str) -> Answer:
    import coptpy
    from coptpy import COPT

    config = coptpy.EnvrConfig()
    config.set("nobanner", "1")
    model = coptpy.Envr(config).createModel()
    model.setParam(COPT.Param.Logging, 0)
    model.setParam(COPT.Param.Threads, 1)
    model.setParam(COPT.Param.RelGap, 0)
    model.setParam(COPT.Param.AbsGap, 0)
    model.setParam(COPT.Param.FeasTol, TOLERANCE)
    model.setParam(COPT.Param.DualTol, TOLERANCE)
    model.setParam(COPT.Param.IntTol, TOLERANCE)
    model.readMps(path)
    model.solve()
    if model.status == COPT.OPTIMAL:
        value = model.objval if model.getAttr("IsMIP") else model.lpobjval
        return "optimal", value
    infeasible = model.status == COPT.INFEASIBLE
    return "infeasible" if infeasible else str(model.status), None


# ------------------------------------------------------------------------------
# The comparison
# ------------------------------------------------------------------------------

SOLVERS: dict[str, Callable[[str], Answer]] = {
    "highs": highs,
    "cbc": cbc,
    "glpsol": glpsol,
    "scip": scip,
    "gurobi": gurobi,
    "cplex": cplex,
    "xpress": xpress,
    "copt": copt,
}


def agree(answers: list[Answer]) -> bool:
    statuses = {status for status, _ in answers}
    if statuses == {"infeasible"}:
        return True
    if statuses != {"optimal"}:
        return False
    values = [value for _, value in answers]
    return max(values) - min(values) <= AGREEMENT * max(map(abs, values))


def solve(name: str, path: str) -> Answer:
    try:
        return SOLVERS[name](path)
    except (FileNotFoundError, ModuleNotFoundError) as missing:
        return str(missing), None


def main(arguments: list[str]) -> int:
    names = arguments[0].split(",") if len(arguments) == 2 else []
    if not names or not SOLVERS.keys() >= set(names):
        print(__doc__.strip(), file=sys.stderr)
        return 2
    # The packages greet on standard output; the answers alone go there.
    output = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    answers = []
    for name in names:
        status, value = solve(name, os.path.abspath(arguments[1]))
        known = status in ("optimal", "infeasible")
        text = status if known else f"unknown: {status}"
        if value is not None:
            text += f" {value:.10g}"
        print(text if len(names) == 1 else f"{name}: {text}", file=output, flush=True)
        answers.append((status, value))
    return 0 if agree(answers) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
