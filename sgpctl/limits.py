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
# The same for the text in it, with every $file counted as often as it is used.
DOCUMENT_CHARS_MAX = 128 * MIB
WRITTEN_OUT_CHARS_MAX = 256 * MIB  # of texts with references in them, once these are written out, in one load
DOCUMENTS_PER_FILE_MAX = 10_000
INTEGER_DIGITS_MAX = 600  # below the smallest bound that Python itself may be set to (640)
INCLUDE_DEPTH_MAX = 8
ROWS_PER_EVALUATION_MAX = 1_000_000
PROBLEMS_SHOWN_MAX = 200
PROBLEM_CHARS_MAX = 1_000  # of a message, and of the path before it
ROW_KEY_CHARS_MAX = 200  # it is looked up in every row
ROW_PROBLEMS_MAX = 20  # of one list of rows; beyond it only their number is told
PROBLEMS_PER_FILE_MAX = 1_000  # then further warnings of the file are dropped, and the next error ends it
NAMES_COMPARED_MAX = 1_000  # to find the nearest one to a name that is not known
COMPARED_NAME_CHARS_MAX = 200  # the time that comparing takes grows with the square of it
HINTS_MAX = 100  # names of one document, and references of one load, for which the nearest one is looked up
MATRIX_CELLS_MAX = 200  # where the manifest names no `max` of its own
MATRIX_COMBINATIONS_MAX = 100_000  # before `exclude`, whatever `max` says
GIT_SECONDS_MAX = 5.0  # for one question to Git

# --- the cache of manifests, and the processes that share the reading ----------------------------------------------
CACHED_FILES_MIN = 100  # a project with fewer is read as fast without
CACHED_ENTRY_BYTES_MAX = 4 * MIB
CACHE_BYTES_MAX = 4096 * MIB  # then it begins anew
CACHE_DAYS_MAX = 30  # an entry that nobody needed for so long is dropped
CACHE_WAIT_SECONDS_MAX = 2.0  # for another process that writes to it
WORKER_FILES_MIN = 200  # fewer are read before another process has begun
WORKERS_MAX = 8

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
PAGE_ITEMS_DIVISOR = 10  # a page that is too large is asked for again with so many times fewer
PAGES_MAX = 10_000
ANSWER_BYTES_MAX = (
    16 * MIB
)  # after decompression; a list in larger pages is asked for with fewer items in each
ANSWER_VALUES_MAX = (
    1_000_000  # three bytes of text can take a hundred of memory, and answers come side by side
)
CONNECT_SECONDS_MAX = 5.0
READ_SECONDS_MAX = 60.0
CREATE_READ_SECONDS_MAX = 300.0  # all rows travel in the one request
TRIES_MAX = 6
WAIT_SECONDS_UNTOLD_MAX = 2.0
BACKOFF_FIRST_SECONDS = 0.5
BACKOFF_SECONDS_MAX = 20.0
RETRY_AFTER_SECONDS_MAX = 120.0
PARALLELISM_DEFAULT = 8
PARALLELISM_MAX = 64
RESOLVE_TRIES_MAX = 3  # a host name that is not found is most often mistyped
REDIRECTS_MAX = 3  # of one read, and only within the same host
ANSWER_SECONDS_MAX = 900.0  # for one whole answer, so that one that trickles in ends
IDLE_CONNECTION_SECONDS_MAX = 4.0  # many servers hang up after 5; a write must not meet a closed connection
SUCCESSES_PER_GROWTH = 10  # answers without a 429 before one more request may be under way
ITEMS_LISTED_MAX = 1_000_000
UNCOUNTED_PAGES_MAX = 1_000  # of a list whose `total` is missing
EXACT_COUNT_MAX = 2**53  # beyond it, programs that read JSON do not agree on a number
YEAR_MAX = 9000  # of a time that the platform tells; what is counted from it must be a time, too
SERVER_WORDS_CHARS_MAX = 400  # of what the platform, a proxy or Git said, in one message
FAILURES_KEPT_MAX = 20  # failed items of one evaluation whose errors are kept; their number is known without

# --- reading for a plan ----------------------------------------------------------------------------------------
# Rows of one remote evaluation that are read to prove what it is, and to compare them where the project's
# `review.rows_compared` says nothing.
ROWS_COMPARED_MAX = 20_000

# --- rows that differ, as kept in a plan; all of them are counted -------------------------------------------------
ROWS_SAMPLED_MAX = 20  # of one evaluation
ROW_COLUMNS_SAMPLED_MAX = 10  # of one row
COLUMNS_COUNTED_MAX = 50  # of one evaluation, with the number of rows in which each changed
ROW_TEXT_CHARS_MAX = 200  # of one value, key or name of a column

# --- apply -----------------------------------------------------------------------------------------------------
# A create whose answer was lost is looked for this many times, with these pauses, before it is sent again.
SETTLING_PAUSES_SECONDS = (0.5, 1.0, 2.0, 4.0, 8.0)
CREATE_SENDS_MAX = 3
# Two evaluations with one nonce are taken for one create only if they are at most so far apart.
ONE_CREATE_SECONDS_MAX = CREATE_SENDS_MAX * (CREATE_READ_SECONDS_MAX + sum(SETTLING_PAUSES_SECONDS))
WRITE_TRIES_MAX = 4  # of one idempotent write (patch, archive, restore) whose answers are unclear
LOOK_SECONDS_MAX = 10.0  # one evaluation whose answer took longer is read again, as it may have changed since
LOOKS_MAX = 3  # then a slow answer is better than none
READ_BACK_PAUSES_SECONDS = (0.2, 0.5, 1.0, 2.0, 4.0)
JOURNAL_BYTES_MAX = 1 * MIB  # a larger journal is rid of what nothing needs any more
JOURNAL_READ_BYTES_MAX = 16 * MIB  # of one with a great many creates that were never seen to end
# For so long, what the journal says was made is read by id if no list shows it.
LISTS_STALE_SECONDS_MAX = 900.0
VERIFY_PAUSES_SECONDS = (0.0, 1.0, 2.0, 4.0, 8.0)
LOCK_TIMEOUT_SECONDS_MAX = 24 * 60 * 60
LEASE_SECONDS = 120  # after its last renewal, a lease of an apply that died is free for the next one
LEASE_RENEWALS = 4  # within that time
LEASE_RETRY_SECONDS = 5.0  # after a renewal that nobody answered
LEASE_POLL_SECONDS = 3.0
LEASE_RELEASE_SECONDS_MAX = 15.0  # a person who interrupts must not wait; the lease expires by itself
LEASE_SHOWN_PAUSES_SECONDS = (0.0, 0.5, 1.0, 2.0, 4.0, 8.0)  # until lists show the lease that was just made
# Of two leases that are closer together than this, `created_at` may not tell which was made first.
LEASE_MADE_TOGETHER_SECONDS = 1.5
LEASE_HOLDER_CHARS_MAX = 200
LEASES_LOOKED_BACK = 100  # the latest; those of applies that were refused are among them
# No lease that was made longer ago is thought to have been held until now.
LEASE_HELD_SECONDS_MAX = 24 * 60 * 60
# For so long after an apply on another machine has ended, some copy of the lists may not show what it made.
LISTS_BEHIND_SECONDS_MAX = sum(SETTLING_PAUSES_SECONDS) + LEASE_MADE_TOGETHER_SECONDS

# --- safety ----------------------------------------------------------------------------------------------------
ARCHIVE_SHARE_DEFAULT = 0.25
ARCHIVE_COUNT_DEFAULT = 1

# --- what is shown ---------------------------------------------------------------------------------------------
# Changes are always all shown; only the details beneath one change are bounded.
FIELDS_SHOWN_MAX = 20
ROWS_SHOWN_MAX = 6
ROW_COLUMNS_SHOWN_MAX = 3  # of one changed row
COLUMNS_SHOWN_MAX = 6
ERRORS_SHOWN_MAX = 3  # different ones of one run
DIFF_LINES_SHOWN_MAX = 40
DIFF_CONTEXT_LINES = 2
DIFF_LINES_COMPARED_MAX = 2_000  # between the first and the last difference; comparing is quadratic at worst
CHANGED_LINE_CHARS_SHOWN_MAX = 2_000  # as most paragraphs; of a longer one, what is around each difference
CHANGED_LINE_CHARS_COMPARED_MAX = 20_000  # between its first and its last difference
CHANGED_LINE_PASSAGES_MAX = 10  # of it that differ; more are taken for one
DIFF_PAIRS_COMPARED_MAX = 200_000  # of equal lines; beyond it, lines that stand everywhere are no anchors
FORMATTED_LINE_CHARS_MAX = 120  # `fmt` writes a map or list in brackets that would be longer as a block
COMMENT_BYTES_MAX = 60_000  # GitHub takes 65,536 characters; the rest is for what a workflow adds
COMMENT_DIFF_LINES_MAX = 300  # in one comment, shared by its diffs
COMMENT_DIFF_BYTES_MAX = 16_000  # of one diff
COMMENT_ROWS_MAX = 10  # of one evaluation
COMMENT_COLUMNS_MAX = 6  # of one row
NAME_CELLS_MAX = 256  # names are shorter; only what the platform made longer is cut
MESSAGE_CELLS_MAX = 1_000
NAMES_TOGETHER_MAX = 5  # evaluations that change alike and are named in one cell; of more, only how many
FIELDS_TOGETHER_MAX = 3  # of one change, in one cell
ARCHIVES_LISTED_MAX = 25  # a line for each; of more, the names stand together by reason
GRID_COLUMNS_MAX = 30
NAMES_ANNOTATED_MAX = 50  # in one annotation
ANNOTATIONS_SHOWN_MAX = 10  # of one level, of one step, by GitHub
PARTS_NAMED_MAX = 6  # of a manifest or an evaluation that changed since a plan was reviewed
GRID_CELLS_SHOWN_MAX = 10_000  # also counting the places without a cell
GRID_CELLS_MIN = 9  # a matrix with fewer cells is read as easily in its changes
COMBINING_MARKS_MAX = 4  # on one letter; more is a way to paint over other lines

# --- provenance ------------------------------------------------------------------------------------------------
GIT_SECONDS_MAX = 5.0  # for one answer; provenance that takes longer is not known
PROVENANCE_CHARS_MAX = 500  # of one text that Git or a CI says

# --- saved plans -----------------------------------------------------------------------------------------------
PLAN_FILE_BYTES_MAX = 256 * MIB
PLAN_FILE_VALUES_MAX = 2_000_000

# --- import ----------------------------------------------------------------------------------------------------
INLINE_ROWS_MAX = 5  # more than these go into a file of their own
# A text of several lines that is longer, or has more lines, goes into a file of its own.
INLINE_TEXT_CHARS_MAX = 200
INLINE_TEXT_LINES_MAX = 3
FILE_STEM_CHARS_MAX = 60

# --- secrets ---------------------------------------------------------------------------------------------------
SECRET_CHARS_MIN = 8  # a shorter key is a word, and is not taken out of what is printed
SECRET_CHARS_SPELLED_MAX = (
    128  # of a longer one, so many are looked for in other spellings, and the rest goes with them
)
KEY_FILE_BYTES_MAX = 64 * 1024
