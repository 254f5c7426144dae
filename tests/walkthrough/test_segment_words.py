# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""What a close sends is written in one way."""

import pytest

from app.walkthrough.segment_words import segment_list


@pytest.mark.parametrize(
    ("segments", "text"),
    [
        ((), ""),
        (("FIN",), "FIN"),
        (("FIN", "RST"), "FIN, RST"),
        (("RST", "RST", "RST"), "RST × 3"),
        (("FIN", "RST", "RST"), "FIN, RST × 2"),
    ],
)
def test_equal_segments_are_counted(segments: tuple[str, ...], text: str) -> None:
    assert segment_list(segments) == text
