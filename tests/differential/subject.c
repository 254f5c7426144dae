/* SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors */
/* SPDX-License-Identifier: MIT */

/*
 * The quoted source, compiled as it stands. `if` and `while` are macros around the
 * #include alone; each reports its line and how it came out. A macro is not expanded
 * again within its own expansion, so the keyword stays the keyword.
 *
 * SUBJECT is the path of the source, in quotation marks. A text of another kernel, with the
 * functions that it calls, needs some more names.
 */
#include "stubs.h"
#include "probe.h"
#ifdef KERNEL
#include "kernels.h"
#endif

#define if(...) if (probe(__LINE__, !!(__VA_ARGS__)))
#define while(...) while (probe(__LINE__, !!(__VA_ARGS__)))
#include SUBJECT
#undef while
#undef if
