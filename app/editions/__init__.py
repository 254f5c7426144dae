# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""The reader's own kernels: texts of the function that are taken out of a tree and kept.

`trees` reads what the reader has (a folder, a tarball, a file, a git clone), `cutting` takes the
functions out of it, `store` keeps them in the state folder, `loading` makes an edition of the
walkthrough of one. Nothing of a kernel is in the repository.
"""
