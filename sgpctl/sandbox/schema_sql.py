"""The tables of the sandbox database.

Documents are JSON texts in columns of their own, so that an answer is put together without decoding them. Tags and
metadata of evaluations are kept a second time in side tables, because lists and filters search them by index.
Items have no archive time: they are archived exactly while their evaluation or dataset is.
"""

from __future__ import annotations

APPLICATION_ID = 0x53475035  # "SGP5": tells a sandbox database from any other SQLite file
SCHEMA_VERSION = 1

TABLES = (
    "created_clock",
    "ledger",
    "group_member",
    "evaluation_group",
    "evaluation_item",
    "evaluation_tag",
    "evaluation_metadata",
    "evaluation",
    "dataset_item",
    "dataset",
    "question",
)

STATEMENTS = (
    "CREATE TABLE created_clock (last TEXT)",
    """CREATE TABLE dataset (
        rowid INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, account TEXT NOT NULL,
        name TEXT NOT NULL, name_folded TEXT NOT NULL, description TEXT, tags TEXT NOT NULL,
        version INTEGER NOT NULL, created_at TEXT NOT NULL, archived_at TEXT)""",
    "CREATE INDEX dataset_by_time ON dataset (account, created_at)",
    # One line per version of an item; `until_version` NULL is the one that holds now.
    """CREATE TABLE dataset_item (
        rowid INTEGER PRIMARY KEY, id TEXT NOT NULL, account TEXT NOT NULL, dataset INTEGER NOT NULL,
        position INTEGER NOT NULL, from_version INTEGER NOT NULL, until_version INTEGER,
        data TEXT NOT NULL, files TEXT, content_hash TEXT NOT NULL,
        created_at TEXT NOT NULL, updated_at TEXT NOT NULL)""",
    "CREATE INDEX dataset_item_by_id ON dataset_item (id, from_version)",
    "CREATE INDEX dataset_item_by_position ON dataset_item (position)",
    "CREATE INDEX dataset_item_by_dataset ON dataset_item (dataset, position)",
    # `listed_from` NULL: listed at once. `finishes_at` NULL: nothing is executed. Until then the status is `running`, afterwards `final_status`.
    """CREATE TABLE evaluation (
        rowid INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, account TEXT NOT NULL,
        name TEXT NOT NULL, name_folded TEXT NOT NULL, description TEXT,
        tags TEXT NOT NULL, metadata TEXT, tasks TEXT NOT NULL, people TEXT NOT NULL, taxonomy TEXT,
        dataset INTEGER, row_count INTEGER NOT NULL, created_at TEXT NOT NULL, listed_from TEXT,
        finishes_at TEXT, final_status TEXT NOT NULL, final_reason TEXT, final_progress TEXT,
        error_count INTEGER NOT NULL, archived_at TEXT)""",
    # With all that decides what is listed, so that counting reads no evaluation: their tasks are large.
    "CREATE INDEX evaluation_by_time ON evaluation (account, created_at, archived_at, listed_from)",
    """CREATE TABLE evaluation_tag (
        evaluation INTEGER NOT NULL, tag TEXT NOT NULL, PRIMARY KEY (evaluation, tag)) WITHOUT ROWID""",
    "CREATE INDEX evaluation_tag_by_tag ON evaluation_tag (tag)",
    """CREATE TABLE evaluation_metadata (
        evaluation INTEGER NOT NULL, key TEXT NOT NULL, text TEXT NOT NULL, number REAL,
        PRIMARY KEY (evaluation, key)) WITHOUT ROWID""",
    "CREATE INDEX evaluation_metadata_by_text ON evaluation_metadata (key, text)",
    "CREATE INDEX evaluation_metadata_by_number ON evaluation_metadata (key, number)",
    """CREATE TABLE evaluation_item (
        rowid INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, account TEXT NOT NULL, evaluation INTEGER NOT NULL,
        created_at TEXT NOT NULL, data TEXT NOT NULL, files TEXT,
        dataset_item_id TEXT, dataset_item_version_num INTEGER, results TEXT, failed INTEGER NOT NULL)""",
    "CREATE INDEX evaluation_item_by_evaluation ON evaluation_item (evaluation, created_at)",
    "CREATE INDEX evaluation_item_by_time ON evaluation_item (account, created_at)",
    """CREATE TABLE evaluation_group (
        rowid INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, account TEXT NOT NULL,
        name TEXT NOT NULL, name_folded TEXT NOT NULL, description TEXT, tags TEXT NOT NULL, metadata TEXT,
        row_identifiers TEXT NOT NULL, created_at TEXT NOT NULL, deleted_at TEXT)""",
    "CREATE INDEX evaluation_group_by_time ON evaluation_group (account, created_at)",
    """CREATE TABLE group_member (
        rowid INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, evaluation_group INTEGER NOT NULL,
        evaluation INTEGER NOT NULL, created_at TEXT NOT NULL, deleted_at TEXT)""",
    "CREATE INDEX group_member_by_group ON group_member (evaluation_group)",
    "CREATE INDEX group_member_by_evaluation ON group_member (evaluation)",
    """CREATE TABLE question (
        rowid INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, account TEXT NOT NULL, question_type TEXT NOT NULL,
        name TEXT NOT NULL, prompt TEXT NOT NULL, configuration TEXT, conditions TEXT,
        created_at TEXT NOT NULL, archived_at TEXT)""",
    "CREATE INDEX question_by_time ON question (account, created_at)",
    """CREATE TABLE ledger (
        rowid INTEGER PRIMARY KEY, evaluation_id TEXT NOT NULL, account TEXT NOT NULL, created_at TEXT NOT NULL,
        name TEXT NOT NULL, nonce TEXT, row_count INTEGER NOT NULL,
        executable_tasks INTEGER NOT NULL, human_tasks INTEGER NOT NULL)""",
    "INSERT INTO created_clock VALUES (NULL)",
)
