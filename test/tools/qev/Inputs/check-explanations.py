"""Checks that the shares of each explanation add up to the proved end."""

import json
import sys

sample = json.load(open(sys.argv[1]))["samples"][0]
proved = {output["index"]: output["proved"] for output in sample["outputs"]}
assert len(sample["explanations"]) == 2 * len(proved)
for explanation in sample["explanations"]:
    end = proved[explanation["output"]][explanation["end"] == "upper"]
    assert explanation["bound"] == end
    amounts = [share["amount"] for share in explanation["shares"]]
    rest = explanation["methods"] + explanation["arithmetic"]
    assert abs(sum(amounts) + rest - end) <= 1e-12 * sum(map(abs, amounts))
    assert all(0 <= share["layer"] <= 3 for share in explanation["shares"])
