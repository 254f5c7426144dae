#!/usr/bin/env bash
# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
#
# Finding: the kernel's loop macros parse, in tree-sitter-c 0.24, as a call with a MISSING ";" and a block behind it: there
# is no ERROR node in the tree. Valid input: list_for_each_entry(p, head, list) { … }, which the C preprocessor turns into a
# for loop. A program that looks for ERROR nodes alone takes the text for correct, and its loop for a block that runs once.
# Seen (tree-sitter 0.26.1, tree-sitter-c 0.24.2): has_error true, ERROR 0, MISSING 1, one expression_statement before the
# block. Needs: python3 with venv. Fails if the tree is another one.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" -qq install --disable-pip-version-check tree-sitter==0.26.1 tree-sitter-c==0.24.2
"$folder/venv/bin/python" - <<'PY'
import importlib.metadata

import tree_sitter_c
from tree_sitter import Language, Parser

text = b"""
static void count(struct list_head *head)
{
	struct item *p;

	list_for_each_entry(p, head, list) {
		seen(p);
	}
}
"""
tree = Parser(Language(tree_sitter_c.language())).parse(text)
errors, missing, kinds = 0, 0, []


def walk(node):
    global errors, missing
    errors += node.is_error
    missing += node.is_missing
    if node.type == "function_definition":
        kinds.extend(child.type for child in node.child_by_field_name("body").named_children)
    for child in node.children:
        walk(child)


walk(tree.root_node)
print({name: importlib.metadata.version(name) for name in ("tree-sitter", "tree-sitter-c")})
print(f"has_error {tree.root_node.has_error}, ERROR {errors}, MISSING {missing}, statements {kinds}")
assert (tree.root_node.has_error, errors, missing) == (True, 0, 1)
assert kinds == ["declaration", "expression_statement", "compound_statement"]
PY
