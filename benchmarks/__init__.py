# SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
# SPDX-License-Identifier: MIT
"""How fast it is, how soon it answers, how much it sends. `python -m benchmarks`, or `make bench`.

What is measured, and how far to trust it:

**traces** runs `app.kernel.model.run` in this process, on one core, with the garbage collector on
as in production: a full trace (steps, operands, effects, reads, outcome), without its wording and
without JSON. Time is processor time. A round is many traces, its time their mean; the figure is the
median of the rounds, and the minimum stands beside it, since other work on the machine only ever
adds time.

**guests** runs the lab's presets on Debian's kernels in the emulator, and one TIME_WAIT to its end:
processor time, the emulator's included; kernels that were never downloaded are left out.
**pasted** has each of the tests' texts read, repeated to 256 kB, by V8 in this process: processor
time, of the slowest kind, with the isolate that is made for it.

**atlas** makes the atlas of tcp_close in a process of its own, imports included, for some bounds:
processor time, the most memory that the process had, and the paths that were found.

**export** writes the site as files once: seconds on the wall, megabytes, files.

**pages** asks the real program, as `walkthrough serve` starts it, for `/tcp_close`, and in the same
run a bare Starlette route under the same uvicorn with the same settings that returns the same
bytes and headers (that they are the same is checked). Each has a process of its own; rounds take
turns, so that both meet the same weather; the ratio is the median of the rounds' ratios. The
client keeps a few connections open, counts bytes and does nothing else; how busy it was is
printed, because a client at 100 % would measure itself. Pages per second mean little without the
machine; the ratio and the processor time per page mean more. The page comes out of the answer
cache. A cold page is one that the cache does not have (each has another `rto`); templates,
highlighting and commentary are warm then, as after the first reader.

**start** is the time from exec of `serve --port 0` to the last byte of the first `/tcp_close`,
which is a cold page: the interpreter, the imports, the content and its check, the first rendering.
Byte-code and disk caches are warm. Where import time goes is told with `--imports`.

**bytes** adds up bodies as they travel with `Accept-Encoding: gzip`, without headers: the page,
each style sheet it links (and those import), each script and everything that is imported statically
from there. Icons, what scripts fetch later, and what only a browser without scripts loads are not
in the first view's sums.

**sharing** asks a running program for cards that it has not drawn yet, one after the other (the
first of all, which loads the library, does not count), and adds up what a frame loads, compressed.

**steps** walks whole paths in Chromium, whose processor is slowed down four times, each step in a
frame of its own: the script, and the style and layout that it makes necessary. Time is processor
time of the page's thread, the mean of a walk; painting is not in it. Left out where there is no
Chromium.

**fairness** has 50 connections ask for the heaviest distinct pages, and meanwhile checks the
program's health and shows slides to a room of 100: the time until the answer, and until the last
follower has the event.

**hold** is measured only where it is named, since it takes a quarter of an hour: floods of a kind
each, with the latency of health checks and of a room's event meanwhile, and the process's memory
before, at most and after; 60,000 requests of which no two are the same; kills of a server that is
writing to SQLite, and what of that was lost or doubled; a day of lessons in five minutes, by a
faster clock. Client and server share the machine, so that latencies on a busy one mean little.

**--against REVISION** measures nothing of that, but builds another revision of this repository with
the packages that its own lock names, in `build/against/`, and prints ratios of processor time,
both programs taking turns: the start, the atlas without its cache, a page that was never asked for
(and the heaviest that can be), the page in Chromium (the renderer's process), a step there.

On an idle machine the figures of one run differ by a few percent from the next's. With other work
on it (the load average below the table tells) start-up and the cold page mean nothing.
A missed budget is reported, not an error: the exit status says whether the benchmarks ran.
"""
