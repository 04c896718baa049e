"""What is fuzzed: each target knows its seeds, lays an input out, runs it, and says in words how that ended."""

from __future__ import annotations

from collections.abc import Mapping

from tests.fuzz.targets.answers import Answers
from tests.fuzz.targets.formatting import Formatting
from tests.fuzz.targets.journals import Journals
from tests.fuzz.targets.loading import Loading
from tests.fuzz.targets.plans import Plans
from tests.fuzz.targets.target import Target
from tests.fuzz.targets.validating import Validating

TARGETS: Mapping[str, Target] = {
    target.name: target for target in (Loading(), Validating(), Formatting(), Plans(), Journals(), Answers())
}
