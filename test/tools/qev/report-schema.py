# What the commands write with --json is what docs/report.schema.json says, to
# the last field.
#
# REQUIRES: jsonschema, highs
# RUN: %python %s qev %source %t
import json
import pathlib
import shutil
import subprocess
import sys

import jsonschema

qev, source, folder = sys.argv[1], pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3])
inputs = source / "test/tools/qev/Inputs"
schema = json.loads((source / "docs/report.schema.json").read_text(encoding="utf-8"))
jsonschema.Draft202012Validator.check_schema(schema)
validator = jsonschema.Draft202012Validator(schema)
shutil.rmtree(folder, ignore_errors=True)
folder.mkdir(parents=True)


def write_npy(name: str, shape: str, *values: str) -> None:
    script = inputs / "write-npy.py"
    subprocess.run([sys.executable, script, folder / name, "<f4", shape, *values], check=True)


def refuse(constant: str) -> None:
    raise ValueError(f"{constant} is no JSON")


def validate(report: dict, words: list) -> None:
    problems = [f"{error.json_path}: {error.message}" for error in validator.iter_errors(report)]
    assert not problems, f"{words}: {problems}"


def ask(command: str, question: str, models: tuple = ("float.onnxtxt", "int8.onnxtxt")) -> dict:
    words = [qev, command, *(inputs / model for model in models), "--json", *question.split()]
    run = subprocess.run(words, cwd=folder, capture_output=True, text=True, check=False)
    assert run.returncode in (0, 1, 3), run
    report = json.loads(run.stdout, parse_constant=refuse)
    validate(report, words)
    return report


write_npy("batch.npy", "3,2", "0.5", "0.25", "0.25", "0.25", "1", "0.75")
write_npy("levels.npy", "3", "0", "0.5", "1")
(folder / "both.qev").write_text(
    """module @questions attributes {version = 1, semantics = real} {
  query @close: for (%x: box<2 x [0, 1]>), claim abs(@second - @first) <= [0.5, none]
  query @never: for (%x: grid<2 x [0, 1] step 0.0625>),
    claim never(@first, @second) or(and(@second[0] - @first[0] > 0.01))
}
""",
    encoding="utf-8",
)
huge = (folder / "huge-3.onnxtxt", folder / "huge-2.onnxtxt")  # differ by more than any double
for model, constant in zip(huge, ("3e38", "2e38")):
    model.write_text(
        f"""<ir_version: 10, opset_import: ["" : 21]>
g (float[1,2] x) => (float[1,2] y) <float c = {{{constant}}}> {{
  a = Mul(x, c) b = Mul(a, c) d = Mul(b, c) e = Mul(d, c) f = Mul(e, c)
  h = Mul(f, c) i = Mul(h, c) j = Mul(i, c) y = Mul(j, c)
}}
""",
        encoding="utf-8",
    )

seen = [
    ask("verify", question)
    for question in (
        "--box 0:1 --epsilon 1",
        "--box 0:1 --epsilon 0.01",
        "--box 0:1 --epsilon 0.01 --grid 1/3",
        "--box 0:1 --epsilon 0.08 --solver none",
        "--box 0:1 --outputs 1 --timeout 1",
        "--box 0:1 --gap 0 --outputs predicted --solver none",
        "--box 0:1 --top1",
        "--box 0:1 --top1-margin 0.25",
        "--box 0:1 --levels levels.npy --epsilon 1",
        "--input batch.npy --radius 0.01 --clip 0:1 --sample 0,2 --epsilon 0.02,1",
        "--input batch.npy --epsilon 4lsb,1% --timeout inf",
        "--query both.qev --timeout 2",
        "--box 0:1 --epsilon 0.11 --trust none --timeout 2",
        "--box 0:1 --epsilon 1 --explain --recheck --method twin",
    )
]
seen += [
    ask("bound", question)
    for question in (
        "--box 0:1",
        "--box 0:1 --method interval",
        "--box 0:1 --outputs 0 --explain --recheck",
        "--input batch.npy --radius 0.25",
    )
]
seen += [
    ask("attack", question)
    for question in (
        "--box 0:1",
        "--box 0:1 --epsilon 0.01",
        "--box 0:1 --epsilon 1",
        "--box 0:1 --top1",
        "--box 0:1 --mean 1/2 --std 1 --seed 3",
        "--query both.qev",
    )
]
seen.append(ask("verify", "--input batch.npy --epsilon 1", huge))
seen.append(ask("bound", "--box=-1:1 --explain", huge))

# A run that is compared with an earlier one.
(folder / "old.json").write_text(json.dumps(ask("bound", "--box 0:1")), encoding="utf-8")
seen.append(ask("bound", "--box 0:1 --fail-above old.json"))
assert seen[-1]["regressions"] == []

# All there is was seen.
samples = [sample for report in seen for sample in report["samples"]]
assert {sample["verdict"] for sample in samples} == {
    "verified", "falsified", "unknown", "bounded",
}
assert {sample["closed_by"] for sample in samples} >= {
    "", "bounds", "attack", "solver", "execution",
}
fields = set().union(*samples) | set().union(*(sample.get("witness", {}) for sample in samples))
assert fields >= set(schema["$defs"]["sample"]["properties"]), fields
assert fields >= set(schema["$defs"]["witness"]["properties"]), fields
assert set().union(*seen) == set(schema["$defs"]["report"]["properties"])

# And the schema would notice: a field that it does not know, one that is
# missing, and one of another kind.
def refuses(change) -> None:
    report = json.loads(json.dumps(seen[0]))
    change(report)
    assert not validator.is_valid(report), report


for place in (
    lambda report: report,
    lambda report: report["question"],
    lambda report: report["question"]["options"],
    lambda report: report["question"]["region"],
    lambda report: report["question"]["claim"],
    lambda report: report["first"],
    lambda report: report["summary"],
    lambda report: report["samples"][0],
    lambda report: report["samples"][0]["claim"],
    lambda report: report["samples"][0]["outputs"][0],
    lambda report: report["samples"][0]["seconds"],
):
    refuses(lambda report: place(report).update(extra=1))
    refuses(lambda report: place(report).pop(min(place(report))))
refuses(lambda report: report["samples"][0]["outputs"][0].update(witnessed=[None, None]))
refuses(lambda report: report.update(seconds="1"))
