from __future__ import annotations

from pathlib import Path

import pytest

from sgpctl.errors import ProjectError, SettingsError
from sgpctl.manifest.project import (
    Budget,
    Environment,
    Project,
    Review,
    Safety,
    Target,
    choose_environment,
    find_project,
)
from tests.manifest.projects import SETTINGS, make_files, make_project


def refusal(start: Path) -> ProjectError:
    with pytest.raises(ProjectError) as caught:
        find_project(start)
    return caught.value


def complaints(root: Path, text: str | bytes) -> list[str]:
    make_files(root, {"sgpctl.yaml": text})
    return refusal(root).message.splitlines()


def test_all_that_a_project_file_can_say(tmp_path: Path) -> None:
    project = make_project(
        tmp_path,
        {},
        "manifests: [evals, 'teams/*/gate.yaml']\n"
        "exclude: ['**/wip-*']\n"
        "allow_ignored: [data/raw, '**/*.big']\n"
        "environments:\n"
        "  sandbox: {target: sandbox}\n"
        "  kept: {target: sandbox, database: var/kept.db}\n"
        "  prod: {target: production-multitenant, account_id: acct_1}\n"
        "  own: {base_url: 'https://sgp.example.com:8443/public/'}\n"
        "  near: {base_url: 'http://127.0.0.1:5003', lock: false}\n"
        "  open:\n"
        "default_environment: sandbox\n"
        "safety: {max_archive: '12.5%'}\n"
        "budget: {model_calls: 1000, rows: 0}\n"
        "review: {row_key: ticket.id, rows_compared: 0}\n",
    )
    places = project.places
    assert project == Project(
        root=tmp_path.resolve(),
        file="sgpctl.yaml",
        name="demo",
        manifests=("evals", "teams/*/gate.yaml"),
        exclude=("**/wip-*",),
        allow_ignored=("data/raw", "**/*.big"),
        environments={
            "sandbox": Environment("sandbox", Target.SANDBOX, database=".sgpctl/sandbox.db"),
            "kept": Environment("kept", Target.SANDBOX, database="var/kept.db"),
            "prod": Environment("prod", Target.PRODUCTION_MULTITENANT, account_id="acct_1", lock=True),
            "own": Environment("own", base_url="https://sgp.example.com:8443/public", lock=True),
            "near": Environment("near", base_url="http://127.0.0.1:5003"),
            "open": Environment("open", lock=True),
        },
        default_environment="sandbox",
        safety=Safety(0.125),
        budget=Budget(model_calls=1000, rows=0),
        review=Review("ticket.id", 0, ("sgpctl.yaml", 16, 19)),
        places=places,
    )
    assert project.place_of("manifests", 1) == ("sgpctl.yaml", 3, 20)


def test_version_and_project_are_enough(tmp_path: Path) -> None:
    project = make_project(tmp_path, {})
    assert (project.name, project.manifests, project.environments, project.safety) == (
        "demo",
        (),
        {},
        Safety(),
    )


def test_a_null_is_as_good_as_nothing(tmp_path: Path) -> None:
    project = make_project(
        tmp_path,
        {},
        "manifests:\nexclude:\nallow_ignored:\nenvironments:\nsafety:\nbudget: {rows: }\nreview: {row_key: }\n",
    )
    assert project == make_project(tmp_path, {})


@pytest.mark.parametrize(("text", "bound"), [("3", 3), ("0", 0), ("25%", 0.25), ("'100 %'", 1.0)])
def test_the_archive_bound_is_a_number_or_a_share(tmp_path: Path, text: str, bound: float) -> None:
    bound_read = make_project(tmp_path, {}, f"safety: {{max_archive: {text}}}\n").safety.max_archive
    assert (bound_read, type(bound_read)) == (bound, type(bound))


def test_warnings_of_the_project_file_are_kept(tmp_path: Path) -> None:
    project = make_project(tmp_path, {}, "environments: {dev: {account_id: 2024-01-01}}\n")
    assert [str(warning)[:21] for warning in project.warnings] == ["sgpctl.yaml:3:34: env"]


def test_the_nearest_folder_above_with_a_project_file_is_the_project(tmp_path: Path) -> None:
    make_files(
        tmp_path, {"sgpctl.yaml": SETTINGS, "inner/sgpctl.yaml": SETTINGS, "inner/a/b/x": "", "c/x": ""}
    )
    assert find_project(tmp_path / "inner" / "a" / "b").root == (tmp_path / "inner").resolve()
    assert find_project(tmp_path / "c").root == tmp_path.resolve()


def test_a_start_that_is_no_folder_says_what_to_name(tmp_path: Path) -> None:
    make_files(tmp_path, {"sgpctl.yaml": SETTINGS})
    error = refusal(tmp_path / "sgpctl.yaml")
    assert error.message.endswith("sgpctl.yaml is not a folder")
    assert error.hint == "name the folder that holds the project's sgpctl.yaml"
    assert refusal(tmp_path / "gone").message.endswith("gone does not exist")
    (tmp_path / "loop").symlink_to("loop")
    assert "loop" in refusal(tmp_path / "loop").message


def test_an_empty_folder_and_one_without_a_project_file_point_to_init(tmp_path: Path) -> None:
    empty = refusal(tmp_path)
    assert empty.message == f"no project: {tmp_path} is empty, and no folder above it has a sgpctl.yaml"
    assert empty.hint is not None
    assert "sgpctl init" in empty.hint
    make_files(tmp_path, {"a.yaml": ""})
    assert " has no sgpctl.yaml, and no folder above it" in refusal(tmp_path).message


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "",
            "sgpctl.yaml:1:1: the project file is empty; it needs at least `version: 1` and `project: <name>`",
        ),
        ("a: 1\n---\nb: 2\n", "sgpctl.yaml:1:1: the project file holds several documents; it needs"),
        ("[1]\n", "sgpctl.yaml:1:1: a project file is a map with `version: 1` and `project`"),
        ("version: 1\n\tproject: x\n", "sgpctl.yaml:2:1: a tab indents this line; use spaces"),
        (
            "version: 1\nproject: x\nproject: y\n",
            "sgpctl.yaml:3:1: project: the key 'project' stands here a second",
        ),
        (
            "version: 2\nnovelty: 1\n",
            "sgpctl.yaml:1:10: version: this project needs a newer sgpctl: version 2 is",
        ),
        ("version: 0\nproject: x\n", "sgpctl.yaml:1:10: version: must be 1"),
        ("version: '1'\nproject: x\n", "sgpctl.yaml:1:10: version: must be 1"),
        ("version: true\nproject: x\n", "sgpctl.yaml:1:10: version: must be 1"),
        ("version: 1\n", "sgpctl.yaml:1:1: 'project' is missing"),
        (
            "version: 1\nproject: Demo\n",
            "sgpctl.yaml:2:10: project: 'Demo' cannot be a name: lower-case letters",
        ),
        ("version: 1\nproject: -x\n", "sgpctl.yaml:2:10: project: '-x' cannot be a name"),
        (f"version: 1\nproject: {'x' * 64}\n", "sgpctl.yaml:2:10: project: 'xxx"),
        (
            "version: 1\nproject: ${x}\n",
            "sgpctl.yaml:2:10: project: the reference '${x}' cannot stand here, only in `variables` and `defaults`",
        ),
    ],
)
def test_a_project_file_that_is_wrong_says_where_and_how(tmp_path: Path, text: str, expected: str) -> None:
    assert complaints(tmp_path, text)[0].startswith(expected)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("manifest: [a]", "3:1: manifest: unknown key 'manifest'; did you mean 'manifests'?"),
        ("variables: {a.b: c}", "3:18: variables.a.b: 'a.b' cannot be a variable"),
        ("variables: [a]", "3:12: variables: must be a map, not a list"),
        ("environments: {dev: {variables: {1x: c}}}", "'1x' cannot be a variable"),
        ("defaults: {a: b}", "3:12: defaults.a: unknown key 'a'"),
        ("defaults: {tasts: []}", "3:12: defaults.tasts: unknown key 'tasts'; did you mean 'tasks'?"),
        ("defaults: {name: b}", "3:12: defaults.name: defaults cannot give a name"),
        ("defaults: {matrix: {}}", "3:12: defaults.matrix: defaults cannot hold a matrix"),
        (
            "environments: {dev: {defaults: {name: b}}}",
            "3:33: environments.dev.defaults.name: defaults cannot give a name",
        ),
        ("manifests: evals", '3:12: manifests: must be a list, not a string ("evals")'),
        ("manifests: [1]", "3:13: manifests[0]: must be a string, not a number (1): put it in quotes"),
        (
            "manifests: [../x]",
            "3:13: manifests[0]: '../x' must be relative to the project's folder and stay inside it",
        ),
        ("manifests: [/x]", "3:13: manifests[0]: '/x' must be relative"),
        ("exclude: ['']", "3:11: exclude[0]: the path is empty"),
        ("allow_ignored: true", "3:16: allow_ignored: must be a list, not true"),
        ("allow_ignored: '**'", '3:16: allow_ignored: must be a list, not a string ("**")'),
        ("allow_ignored: ['']", "3:17: allow_ignored[0]: the path is empty"),
        (
            "allow_ignored: [../**]",
            "3:17: allow_ignored[0]: '../**' must be relative to the project's folder",
        ),
        ("allow_ignored: [/etc]", "3:17: allow_ignored[0]: '/etc' must be relative to the project's folder"),
        ("allowed_ignored: [a]", "unknown key 'allowed_ignored'; did you mean 'allow_ignored'?"),
        ("environments: [a]", "3:15: environments: must be a map, not a list"),
        ("environments: {Dev: {}}", "3:21: environments.Dev: 'Dev' cannot be a name"),
        ("environments: {dev: x}", "3:21: environments.dev: must be a map, not a string"),
        ("environments: {dev: {tagret: x}}", "unknown key 'tagret'; did you mean 'target'?"),
        ("environments: {dev: {target: prodction}}", "not \"prodction\"; did you mean 'production'?"),
        (
            "environments: {dev: {account_id: 12}}",
            "account_id: must be a string, not a number (12): put it in quotes",
        ),
        ("environments: {dev: {account_id: ''}}", "account_id: must not be empty"),
        (
            "environments: {dev: {target: staging, base_url: 'https://x'}}",
            "has a target and a base_url; remove one",
        ),
        (
            "environments: {dev: {target: sandbox, account_id: a}}",
            "pins an account_id, and the sandbox has no accounts",
        ),
        ("environments: {dev: {database: a.db}}", "names a database, which only `target: sandbox` has"),
        ("environments: {dev: {target: sandbox, database: ../a.db}}", "database: '../a.db' must be relative"),
        (
            "environments: {dev: {base_url: sgp.example.com}}",
            "must be an address like https://api.example.com",
        ),
        ("environments: {dev: {base_url: 'ftp://x'}}", "must be an address like https://api.example.com"),
        ("environments: {dev: {base_url: 'https://x:99999'}}", "base_url: is not an address"),
        ("environments: {dev: {base_url: 'https://x/?a=b'}}", "must end before any ? or #"),
        ("environments: {dev: {base_url: 'http://sgp.example.com'}}", "http:// would send the key readable"),
        (
            "environments: {dev: {base_url: 'http://localhost.example.com'}}",
            "http:// would send the key readable",
        ),
        (
            "environments: {dev: {}}\ndefault_environment: dve",
            "there is no environment 'dve'; did you mean 'dev'?",
        ),
        ("default_environment: dev", "3:22: default_environment: there is no environment 'dev'"),
        (
            "safety: {max_archive: 0.25}",
            'must be a number of evaluations, like 3, or a share of the owned, like "25%"',
        ),
        ("safety: {max_archive: 101%}", "safety.max_archive: must be a number"),
        ("safety: {max_archive: -1}", "safety.max_archive: must be a number"),
        ("safety: {max_archive: true}", "safety.max_archive: must be a number"),
        ("budget: {rows: -1}", "budget.rows: must be at least 0, is -1"),
        ("review: {row_key: ''}", "review.row_key: must not be empty"),
        ("review: {rows_compared: -1}", "review.rows_compared: must be at least 0, is -1"),
        ("review: {key: id}", "review.key: unknown key 'key'"),
        ("budget: {rows: many}", 'budget.rows: must be a whole number, not a string ("many")'),
    ],
)
def test_a_setting_that_is_wrong_says_where_and_how(tmp_path: Path, line: str, expected: str) -> None:
    (complaint,) = complaints(tmp_path, f"{SETTINGS}{line}\n")
    assert complaint.startswith("sgpctl.yaml:")
    assert expected in complaint


def test_a_password_in_an_address_is_refused_and_not_repeated(tmp_path: Path) -> None:
    (complaint,) = complaints(
        tmp_path, f"{SETTINGS}environments: {{dev: {{base_url: 'https://me:hush@x'}}}}\n"
    )
    assert "must not hold a user name or password; the key comes from SGP_API_KEY" in complaint
    assert "hush" not in complaint


def test_all_that_is_wrong_is_said_at_once(tmp_path: Path) -> None:
    text = "version: 1\nproject: A\nexclud: []\nbudget: {rows: x}\ndefault_environment: q\n"
    assert [line.split(" ")[0] for line in complaints(tmp_path, text)] == [
        "sgpctl.yaml:2:10:",
        "sgpctl.yaml:3:1:",
        "sgpctl.yaml:4:16:",
        "sgpctl.yaml:5:22:",
    ]


def test_a_project_file_of_bytes_that_are_no_text_is_refused(tmp_path: Path) -> None:
    assert complaints(tmp_path, b"version: \xff")[0].startswith(
        "sgpctl.yaml:1:10: the byte 0xff is not valid UTF-8"
    )


def test_a_project_file_that_is_a_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "sgpctl.yaml").mkdir()
    assert refusal(tmp_path).message == "sgpctl.yaml:1:1: this is a folder, not a file"


def test_the_wanted_environment_wins_over_the_default(tmp_path: Path) -> None:
    project = make_project(tmp_path, {}, "environments: {a: , b: }\ndefault_environment: a\n")
    assert choose_environment(project, None).name == "a"
    assert choose_environment(project, "b").name == "b"


def test_the_only_environment_needs_no_choice(tmp_path: Path) -> None:
    assert choose_environment(make_project(tmp_path, {}, "environments: {a: }\n"), None).name == "a"


def test_an_environment_that_cannot_be_chosen_says_which_there_are(tmp_path: Path) -> None:
    several = make_project(tmp_path, {}, "environments: {staging: , prod: }\n")
    with pytest.raises(SettingsError, match="there is no environment 'prd'; did you mean 'prod'") as unknown:
        choose_environment(several, "prd")
    assert unknown.value.hint == "sgpctl.yaml names: prod, staging"
    with pytest.raises(
        SettingsError, match="names several environments and no default_environment"
    ) as open_choice:
        choose_environment(several, None)
    assert open_choice.value.hint == "choose one with --env: prod, staging"
    with pytest.raises(SettingsError, match="names no environment"):
        choose_environment(make_project(tmp_path, {}), None)
