# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""The modelled kernel: socket, host, peer, and the functions that tcp_close calls.

Linux 4.19 with the sysctl `net.ipv4.tcp_tw_timeout`. One jiffy is one millisecond.
"""
