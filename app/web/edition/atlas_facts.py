# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""What the browser filters, sorts and draws all paths by, as JSON."""

from __future__ import annotations

from typing import Any

from app.errors import Phrase
from app.i18n import LANGUAGE_CODES, Language
from app.kernel.inputs import STATES
from app.walkthrough.atlas.filters import (
    COUNTERS,
    FATES,
    FILTER_KEYS,
    MAX_BRANCHES,
    SEGMENTS,
    branches_of,
)
from app.walkthrough.atlas.records import Atlas
from app.walkthrough.atlas.report import branch_name
from app.walkthrough.records import Walkthrough
from app.walkthrough.wording import FATES as FATE_WORDS
from app.web.addresses import MAX_FIELDS, MAX_QUERY
from app.web.atlas.view import ENDS, SORTS


def atlas_facts(walkthrough: Walkthrough, atlas: Atlas, language: Language) -> dict[str, Any]:
    """All paths in the order of the atlas, and the words for them in a language.

    A path is `{"id", "decisions": [[number, taken], …], "fate", "state", "ends" (what it is sorted
    by), "segments", "counters", "simple": [inputs changed, letters]}`; `through` has the ids of the
    paths through each branch.
    """
    _ = language.gettext
    return {
        "paths": [
            {
                "id": path.id,
                "decisions": path.decisions,
                "fate": path.ending.fate,
                "state": path.ending.state,
                "ends": path.ending.timewait or path.ending.state,
                "segments": path.ending.segments,
                "counters": sorted(path.ending.counters),
                "simple": [path.witness.changed, len(path.witness.query)],
            }
            for path in atlas.paths
        ],
        "through": {
            branch_name((branch.decision, branch.taken)): branch.paths for branch in atlas.branches
        },
        "ends": ENDS,
        "aliases": dict(walkthrough.aliases),
        "choices": {
            "fate": FATES,
            "state": STATES,
            "segment": SEGMENTS,
            "counter": COUNTERS,
            "sort": tuple(SORTS),
            "lang": LANGUAGE_CODES,
        },
        "keys": (*FILTER_KEYS, "sort", "lang"),
        "branches": MAX_BRANCHES,
        "words": {
            "fates": {code: _(text) for code, text in FATE_WORDS.items()},
            "titles": [language.pick(item.title) for item in walkthrough.decisions],
            "shown": _("{shown} of {total} paths"),
            "nothing": _("No path fits all of this."),
            "edge": [
                language.ngettext(
                    "{branch}, then {target}: one path",
                    "{branch}, then {target}: {count} paths",
                    count,
                )
                for count in (1, 2)
            ],
            "allowed": {
                **{
                    key: _(", ").join(known)
                    for key, known in {
                        "branch": tuple(branches_of(walkthrough.edition)),
                        "fate": FATES,
                        "state": STATES,
                        "segment": SEGMENTS,
                        "counter": COUNTERS,
                        "sort": tuple(SORTS),
                        "lang": LANGUAGE_CODES,
                        "unknown-key": (*FILTER_KEYS, "sort", "lang"),
                    }.items()
                },
                "given-twice": _("each key once"),
                "query-too-long": _say(language, Phrase("{count} characters", count=MAX_QUERY)),
                "too-many": _say(language, Phrase("{count} fields", count=MAX_FIELDS)),
            },
        },
    }


def _say(language: Language, phrase: Phrase) -> str:
    return language.gettext(phrase.template).format(**phrase.values)
