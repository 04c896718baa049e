"""The same rules in Python: `python policy/check_plan.py plan.json` prints what it refuses, and ends with 1."""

import json
import sys

CALLS_MAX = 400


def refused(plan: dict) -> list[str]:
    if not plan["format_version"].startswith("1."):
        return [f"these rules read plans of format 1, and this is format {plan['format_version']}"]
    cost, found = plan["cost"], []
    if cost["model_calls"] > CALLS_MAX:
        found.append(
            f"the plan starts {cost['model_calls']} model calls, and more than {CALLS_MAX} need a talk first"
        )
    if not cost["is_known"]:
        found.append("the plan does not know what it costs")
    archived = [change["name"] for change in plan["changes"] if change["action"] == "archive"]
    return found + [
        f"{name} is a gate of the release, and is not archived"
        for name in archived
        if name.startswith("gate-")
    ]


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: check_plan.py PLANFILE")
    with open(sys.argv[1], encoding="utf-8") as file:
        reasons = refused(json.load(file))
    for reason in reasons:
        print(reason)
    sys.exit(1 if reasons else 0)
