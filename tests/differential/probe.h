/* SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors */
/* SPDX-License-Identifier: MIT */

#ifndef DIFFERENTIAL_PROBE_H
#define DIFFERENTIAL_PROBE_H

/* Notes one evaluated condition of the subject; gives `taken` back. */
int probe(int line, int taken);

#endif
