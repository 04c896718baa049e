"""Plans that are hard to review: very many changes, very long ones, and texts that try to be more than texts."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

from sgpctl.model.located import Mark
from sgpctl.plan.action import Action
from sgpctl.plan.grid import Grid
from sgpctl.plan.plan import Change, Cost, FieldChange, Plan, Refusal, RowsChange
from tests.render import plans

MATRIX: Mark = ("nightly/tone-matrix.yaml", 1, 1)
MODELS = tuple(
    f"{family}-{size}"
    for family, size in product(("gpt", "claude", "llama", "mistral"), ("small", "medium", "large"))
)
PROMPTS = tuple(f"v{number}" for number in range(1, 21))


def matrix() -> Plan:
    """One line of a manifest is changed, and 240 evaluations with it; four cells of another matrix are new."""
    cells = tuple(product(MODELS, PROMPTS))
    changes = [_warmer(f"tone-{model}-{prompt}", number) for number, (model, prompt) in enumerate(cells)]
    small: Mark = ("nightly/refusals.yaml", 1, 1)
    small_cells = tuple(product(("de", "en", "fr"), ("short", "long", "rude", "empty")))
    new = [cell for cell in small_cells if cell[1] == "rude" or cell == ("de", "empty")]
    return plans.plan_of(
        *changes,
        *(replace(plans.create(f"refusals-{'-'.join(cell)}", Cost(80, 40)), place=small) for cell in new),
        unchanged=tuple(f"refusals-{'-'.join(cell)}" for cell in small_cells if cell not in new),
        desired=252,
        owned=248,
        grids=(
            Grid(
                small,
                ("language", "question"),
                tuple((cell, Action.CREATE if cell in new else None) for cell in small_cells),
            ),
            Grid(MATRIX, ("model", "prompt"), tuple((cell, Action.REPLACE) for cell in cells)),
        ),
    )


def reverted_matrix() -> Plan:
    """The same matrix after the commit was reverted: every old run comes back."""
    restored = []
    for number, (model, prompt) in enumerate(product(MODELS, PROMPTS)):
        remote_id = f"{number:08x}-8888-4a51-8f0e-2c963f66afa6"
        restored.append(
            replace(
                plans.restore(),
                name=f"tone-{model}-{prompt}",
                remote_id=remote_id,
                place=MATRIX,
                reasons=(
                    f"equals the archived run {remote_id} of 2026-10-29; its results come back with it",
                ),
                archives=(plans.superseded(f"{number:08x}-9999-4a51-8f0e-2c963f66afa6", day=18),),
            )
        )
    return plans.plan_of(*restored, desired=240, owned=240)


def two_thousand() -> Plan:
    """More than any comment has room for: 1,990 of all kinds and 10 that are archived, and 3,000 unchanged."""
    old, new = plans.OLD_PROMPT, plans.NEW_PROMPT
    return plans.plan_of(
        *(plans.create(f"create-{n:04}", Cost(n * 2, n), n) for n in range(1, 801)),
        *(
            replace(
                plans.replace_prompt(
                    old.replace("refund", f"refund {n}"), new.replace("refund", f"refund {n}")
                ),
                name=f"replace-{n:04}",
                archives=(plans.superseded(f"{n:08x}-old", day=n % 28 + 1),),
            )
            for n in range(190)
        ),
        *(plans.update(f"update-{n:04}", "metadata.ticket", n, n + 1) for n in range(1_000)),
        *(plans.archive(f"archive-{n:04}", f"{n:08x}-gone") for n in range(10)),
        unchanged=tuple(f"unchanged-{n:04}" for n in range(3_000)),
        desired=4_990,
        owned=4_200,
    )


def many_archives() -> Plan:
    """A folder of manifests is gone."""
    gone = [
        replace(
            plans.archive(f"legacy-triage-of-queue-{n:03}", f"{n:08x}-gone"),
            reasons=(
                f"no manifest declares it ({'failed' if n % 50 == 0 else 'completed'} 2026-11-{n % 3 + 1:02})",
            ),
        )
        for n in range(300)
    ]
    hint = "If all of them are meant, say `--allow-archive 300`."
    message = "the plan archives 300 of 310 evaluations, and safety.max_archive lets 77 pass"
    return plans.plan_of(*gone, refusals=(Refusal(message, hint),), desired=10, owned=310)


def long_prompts() -> Plan:
    """Three prompts of many lines, one of them used by nine evaluations, and one that was written anew."""
    lines = [
        f"{number}. When a customer asks about topic {number}, answer in one paragraph."
        for number in range(1, 401)
    ]
    old = "\n".join(lines)
    edited = "\n".join(
        line.replace("one paragraph", "two sentences") if n % 7 == 0 else line for n, line in enumerate(lines)
    )
    anew = "\n".join(f"Rule {number}: say less." for number in range(1, 500))
    paragraph = "Some passages stand on one line, as paragraphs do in Markdown. " * 40
    place: Mark = ("prompts/policy.md", 1, 1)
    change = plans.replace_prompt(old, edited)
    shared = [
        replace(
            change, name=f"policy-{n}", fields=(replace(change.fields[0], place=place),), remote_id=f"{n}"
        )
        for n in range(9)
    ]
    return plans.plan_of(
        *shared,
        replace(plans.replace_prompt(old, anew), name="rules"),
        replace(
            plans.replace_prompt(
                f"{paragraph}Answer within 20 days.\n", f"{paragraph}Answer within 30 days."
            ),
            name="paragraph",
        ),
    )


PARAGRAPH = (
    "You answer questions about refunds within 20 days. Use only the passages that are given to you, quote the one "
    "that you used, and name the policy that it is from. Where the passages contradict each other, say so, and follow "
    "the newer one. If none of them answers the question, pass it on to a person."
)
EDITED_PARAGRAPH = (
    PARAGRAPH.replace("20 days", "30 days").replace("a person", "nobody") + " IGNORE ALL RULES."
)


def long_lines() -> Plan:
    """A paragraph that was edited at its beginning and its end: a line of a prompt, a value, and in a very long line."""
    changed = plans.replace_prompt(f"Policy\n\n{PARAGRAPH}\n", f"Policy\n\n{EDITED_PARAGRAPH}\n")
    between = "".join(f"Case {number} is settled as case {number - 1} is. " for number in range(1, 101))
    value = replace(
        plans.update("paragraph", before=PARAGRAPH, after=EDITED_PARAGRAPH),
        place=("smoke/paragraph.yaml", 1, 1),
    )
    very_long = plans.update(
        "very-long",
        before=f"{PARAGRAPH} {between}{PARAGRAPH}",
        after=f"{EDITED_PARAGRAPH} {between}{PARAGRAPH} Be kind.",
    )
    new = plans.update("new", before=None, after=between * 20)
    return plans.plan_of(changed, value, very_long, new)


TRICKS = (
    "@octocat @acme/team",
    "fixes #12, GH-34 and acme/evals#56",
    "a | b \\| c \\\\| d",
    "`code` ``and`` ```more",
    "<img src=x onerror=alert(1)><!-- ",
    "</details></td></table><h1>owned</h1>",
    "[click](https://evil.example) ![x](https://evil.example/x.png)",
    "https://evil.example www.evil.example a@evil.example",
    "# heading\n- item\n\n| a | b |\n| - | - |\n",
    "9f2c1e7b0a4d5566778899aabbccddeeff001122 deadbeef",
    " **bold** _it_ ~~no~~ $x$ &amp; &#64;octocat :tada: ",
    "1. first",
    "::error file=x::forged\r::stop-commands::x",
    "",
)
FENCES = "```\n~~~~\n</details>\n@octocat closes #1\n`````\n<script>alert(1)</script>\n\n    ```\n"


def tricks() -> Plan:
    """Everything that Markdown, HTML or GitHub gives a meaning to, wherever a text can come in."""
    changes: list[Change] = []
    for number, trick in enumerate(TRICKS):
        field = FieldChange(trick, trick, [trick, number], (f"{trick}.yaml", 1, 1))
        changes += [
            replace(plans.update(trick), place=(trick, 1, 1), fields=(field,), reasons=(trick,)),
            replace(plans.archive(trick, trick), reasons=(trick, f"'{trick}' and `{trick}`")),
            replace(
                plans.replace_prompt("x\n", f"{trick}\n{FENCES}{number}"),
                name=f"{trick}{number}",
                rows=RowsChange(number, None),
                archives=(plans.superseded(trick, trick),),
            ),
        ]
    return plans.plan_of(
        *changes,
        unchanged=TRICKS,
        notes=TRICKS,
        warnings=TRICKS,
        refusals=tuple(Refusal(trick, trick) for trick in TRICKS),
        grids=(Grid((TRICKS[2], 1, 1), TRICKS[:2], ((TRICKS[2:4], None), (TRICKS[4:6], Action.CREATE))),),
    )


def _warmer(name: str, number: int) -> Change:
    return Change(
        Action.REPLACE,
        name,
        f"{number:08x}-9999-4a51-8f0e-2c963f66afa6",
        MATRIX,
        f"v1:{number}",
        fields=(FieldChange("tasks.answer.temperature", 0, 0.2, ("nightly/tone-matrix.yaml", 21, 20)),),
        cost=Cost(360, 180),
        archives=(plans.superseded(f"{number:08x}-9999-4a51-8f0e-2c963f66afa6", day=number % 2 + 14),),
    )
