"""Every bound on one page, with its reason. A number lives here once, and messages and help print it from here.

Names end in their unit. A bound that the API documents says so.
"""

from __future__ import annotations

MIB = 1024 * 1024

# --- what may be read from disk -------------------------------------------------------------------------------
PROJECT_FILE_BYTES_MAX = 1 * MIB
MANIFEST_BYTES_MAX = 16 * MIB
INCLUDED_FILE_BYTES_MAX = 64 * MIB
MANIFEST_FILES_MAX = 200_000
DOCUMENT_DEPTH_MAX = 100
DOCUMENT_NODES_MAX = 1_000_000  # after aliases are expanded, so a small file cannot become a large one
DOCUMENTS_PER_FILE_MAX = 10_000
INCLUDE_DEPTH_MAX = 8
ROWS_PER_EVALUATION_MAX = 1_000_000
PROBLEMS_SHOWN_MAX = 200

# --- what the API documents ------------------------------------------------------------------------------------
NAME_CHARS_MAX = 128
DESCRIPTION_CHARS_MAX = 280
CHAT_TOOLS_MAX = 128
CHAT_STOPS_MAX = 4
CONFIG_ARGS_CHARS_MAX = 10_000
AGENTEX_TIMEOUT_SECONDS_MAX = 1500
PENALTY_ABS_MAX = 2

# --- the wire --------------------------------------------------------------------------------------------------
PAGE_ITEMS = 1000  # the API takes 10,000; older deployments took 1,000
PAGES_MAX = 100_000
ANSWER_BYTES_MAX = 256 * MIB  # after decompression
CONNECT_SECONDS_MAX = 5.0
READ_SECONDS_MAX = 60.0
CREATE_READ_SECONDS_MAX = 300.0  # all rows travel in the one request
TRIES_MAX = 6
BACKOFF_FIRST_SECONDS = 0.5
BACKOFF_SECONDS_MAX = 20.0
RETRY_AFTER_SECONDS_MAX = 120.0
PARALLELISM_DEFAULT = 8
PARALLELISM_MAX = 64

# --- reading for a plan ----------------------------------------------------------------------------------------
ROWS_COMPARED_MAX = 20_000  # rows of one remote evaluation that are read to explain or to prove something

# --- apply -----------------------------------------------------------------------------------------------------
# A create whose answer was lost is looked for this many times, with these pauses, before it is sent again.
SETTLING_PAUSES_SECONDS = (0.5, 1.0, 2.0, 4.0, 8.0)
CREATE_SENDS_MAX = 3
WRITE_TRIES_MAX = 4  # of one idempotent write (patch, archive, restore) whose answers are unclear
READ_BACK_PAUSES_SECONDS = (0.2, 0.5, 1.0, 2.0, 4.0)
VERIFY_PAUSES_SECONDS = (0.0, 1.0, 2.0, 4.0, 8.0)

# --- safety ----------------------------------------------------------------------------------------------------
ARCHIVE_SHARE_DEFAULT = 0.25
ARCHIVE_COUNT_DEFAULT = 1
