# Rules of a team about plans, for Conftest or OPA:
#
#     sgpctl plan --env prod --output json=plan.json
#     conftest test --policy policy plan.json
package main

import rego.v1

calls_max := 400

deny contains message if {
	not startswith(input.format_version, "1.")
	message := sprintf("these rules read plans of format 1, and this is format %s", [input.format_version])
}

deny contains message if {
	input.cost.model_calls > calls_max
	message := sprintf("the plan starts %d model calls, and more than %d need a talk first", [input.cost.model_calls, calls_max])
}

deny contains message if {
	not input.cost.is_known
	message := "the plan does not know what it costs"
}

deny contains message if {
	some change in input.changes
	change.action == "archive"
	startswith(change.name, "gate-")
	message := sprintf("%s is a gate of the release, and is not archived", [change.name])
}
