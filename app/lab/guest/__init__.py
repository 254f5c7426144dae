# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""Guest: another kernel, booted in qemu's emulator, on which the lab's worker runs as it does here.

Model, plans and verdicts stay outside. The guest is given a kernel image and an initial file
system that is written for the occasion: this Python, the worker's modules, two kernel modules and
the order. Nothing of it needs root, a disk, a network device or hardware virtualisation.
"""
