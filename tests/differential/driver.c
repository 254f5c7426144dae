/* SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors */
/* SPDX-License-Identifier: MIT */

/*
 * Reads one scenario a line, `key=value&key=value` with only what differs from the
 * default (an empty line is the default itself), calls tcp_close with it, and writes
 * one line of JSON. A scenario that it can't read ends the program with status 2.
 */
#include "probe.h"
#include "stubs.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* So near to 2^32 that the segments of a test wrap around. */
#define FIRST_SEQ 0xffffff00u

static const char *const STATE_NAMES[TCP_MAX_STATES] = {
	[TCP_ESTABLISHED] = "ESTABLISHED",
	[TCP_SYN_SENT] = "SYN_SENT",
	[TCP_SYN_RECV] = "SYN_RECV",
	[TCP_FIN_WAIT1] = "FIN_WAIT1",
	[TCP_FIN_WAIT2] = "FIN_WAIT2",
	[TCP_TIME_WAIT] = "TIME_WAIT",
	[TCP_CLOSE] = "CLOSE",
	[TCP_CLOSE_WAIT] = "CLOSE_WAIT",
	[TCP_LAST_ACK] = "LAST_ACK",
	[TCP_LISTEN] = "LISTEN",
	[TCP_CLOSING] = "CLOSING",
};

static const char *const MIB_NAMES[MIB_COUNT] = {
	[TCP_MIB_ESTABRESETS] = "EstabResets",
	[TCP_MIB_OUTRSTS] = "OutRsts",
	[TCP_MIB_ATTEMPTFAILS] = "AttemptFails",
	[TCP_MIB_CURRESTAB] = "CurrEstab",
	[LINUX_MIB_TCPABORTONCLOSE] = "TCPAbortOnClose",
	[LINUX_MIB_TCPABORTONDATA] = "TCPAbortOnData",
	[LINUX_MIB_TCPABORTONLINGER] = "TCPAbortOnLinger",
	[LINUX_MIB_TCPABORTONMEMORY] = "TCPAbortOnMemory",
};

static struct {
	int line;
	int taken;
} decisions[2048];
static size_t decision_count;

int probe(int line, int taken)
{
	if (decision_count == sizeof(decisions) / sizeof(decisions[0])) {
		fprintf(stderr, "line %d: more conditions than any scenario needs\n", line);
		exit(3);
	}
	decisions[decision_count].line = line;
	decisions[decision_count].taken = taken;
	decision_count++;
	return taken;
}

/* ---- reading a scenario ---- */

/* The items of a list value, one a call; `none` has no item. */
static char *item(char *value, char **rest)
{
	if (value && strcmp(value, "none") == 0)
		return NULL;
	return strtok_r(value, "-", rest);
}

_Noreturn static void refuse(const char *key, const char *value)
{
	fprintf(stderr, "cannot read %s=%s\n", key, value);
	exit(2);
}

static long long number(const char *key, const char *value)
{
	char *end;
	long long result;

	errno = 0;
	result = strtoll(value, &end, 10);
	if (end == value || *end || errno)
		refuse(key, value);
	return result;
}

/* Seconds to jiffies as the kernel does it: an int, which wraps. */
static int jiffies(const char *key, const char *value)
{
	return (int)((u32)number(key, value) * (u32)HZ);
}

static void read_events(struct events *events, const char *key, char *value)
{
	static const char *const names[] = {
		[EVENT_ACK] = "ack",
		[EVENT_FIN] = "fin",
		[EVENT_DATA] = "data",
		[EVENT_RST] = "rst",
	};
	const size_t kinds = sizeof(names) / sizeof(names[0]);
	char *rest;

	for (char *word = item(value, &rest); word; word = item(NULL, &rest)) {
		size_t kind = 0;

		while (kind < kinds && strcmp(names[kind], word) != 0)
			kind++;
		if (kind == kinds)
			refuse(key, word);
		events->list = realloc(events->list, (events->count + 1) * sizeof(*events->list));
		if (!events->list)
			abort();
		events->list[events->count++] = (enum event)kind;
	}
}

/*
 * `300`, `fin` or `200fin`, each taking up where the one before it ended. Nothing follows a FIN
 * in a kernel; what does here begins as if there was none, so that bytes are bytes.
 */
static void read_segments(struct sk_buff_head *queue, const char *key, char *value)
{
	u32 seq = FIRST_SEQ;
	char *rest;

	for (char *word = item(value, &rest); word; word = item(NULL, &rest)) {
		struct sk_buff *skb = calloc(1, sizeof(*skb));
		const size_t length = strlen(word);
		const bool fin = length >= 3 && strcmp(word + length - 3, "fin") == 0;

		if (!skb)
			abort();
		if (fin)
			word[length - 3] = '\0';
		skb->tcb.seq = seq;
		if (*word)
			seq += (u32)number(key, word);
		if (fin)
			skb->tcb.tcp_flags |= TCPHDR_FIN;
		skb->tcb.end_seq = seq + fin; /* a FIN takes up one number of the sequence */
		if (queue->last)
			queue->last->next = skb;
		else
			queue->first = skb;
		queue->last = skb;
	}
}

static u8 state_named(const char *name)
{
	for (u8 state = 1; state < TCP_MAX_STATES; state++)
		if (state != TCP_TIME_WAIT && strcmp(STATE_NAMES[state], name) == 0)
			return state;
	refuse("state", name);
}

/* What setsockopt makes of l_linger: an unsigned int, which wraps, or 64 bits with a cap. */
static unsigned long lingertime(int seconds)
{
#ifdef LINGER_IN_64_BITS
	const unsigned long most = LONG_MAX / HZ;

	return (unsigned long)seconds >= most ? LONG_MAX : (unsigned long)seconds * HZ;
#else
	return (unsigned int)seconds * HZ;
#endif
}

static void set_input(struct tcp_sock *tp, bool *exiting, const char *key, char *value)
{
	struct sock *sk = &tp->sk;

	if (strcmp(key, "state") == 0) {
		sk->sk_state = state_named(value);
	} else if (strcmp(key, "recv") == 0) {
		read_segments(&sk->sk_receive_queue, key, value);
	} else if (strcmp(key, "accept_queue") == 0) {
		sk->sk_ack_backlog = (unsigned int)number(key, value);
	} else if (strcmp(key, "pending") == 0) {
		tp->write_seq += (u32)number(key, value);
	} else if (strcmp(key, "repair") == 0) {
		tp->repair = (u8)number(key, value);
	} else if (strcmp(key, "linger") == 0) {
		if (strcmp(value, "off") != 0) {
			sock_set_flag(sk, SOCK_LINGER);
			sk->sk_lingertime = lingertime((int)number(key, value));
		}
	} else if (strcmp(key, "exiting") == 0) {
		*exiting = number(key, value);
	} else if (strcmp(key, "linger2") == 0) {
		tp->linger2 = jiffies(key, value);
	} else if (strcmp(key, "fin_timeout") == 0) {
		host.net.ipv4.sysctl_tcp_fin_timeout = jiffies(key, value);
	} else if (strcmp(key, "tw_timeout") == 0) {
		host.net.ipv4.sysctl_tcp_tw_timeout = jiffies(key, value);
	} else if (strcmp(key, "rto") == 0) {
		tp->icsk_rto = (u32)number(key, value);
	} else if (strcmp(key, "wait") == 0) {
		read_events(&host.wait, key, value);
	} else if (strcmp(key, "backlog") == 0) {
		read_events(&sk->sk_backlog, key, value);
	} else if (strcmp(key, "orphans") == 0) {
		host.too_many_orphans = number(key, value);
	} else if (strcmp(key, "memory") == 0) {
		host.out_of_memory = number(key, value);
		sk->sk_wmem_queued = 4608 + host.out_of_memory;
	} else if (strcmp(key, "netns") == 0) {
		host.net.alive = strcmp(value, "alive") == 0;
		if (!host.net.alive && strcmp(value, "dying") != 0)
			refuse(key, value);
	} else if (strcmp(key, "fastopen") == 0) {
		if (number(key, value)) {
			tp->fastopen_rsk = calloc(1, sizeof(*tp->fastopen_rsk));
			if (!tp->fastopen_rsk)
				abort();
		}
	} else if (strcmp(key, "copied") == 0) {
		tp->copied_seq += (u32)number(key, value);
	} else if (strcmp(key, "owner") == 0) {
		sk->sk_net_refcnt = strcmp(value, "user") == 0;
		if (!sk->sk_net_refcnt && strcmp(value, "kernel") != 0)
			refuse(key, value);
	} else {
		refuse(key, value);
	}
}

static void nothing(struct sock *sk)
{
	(void)sk;
}

/* A fresh host and socket; gives the timeout that close() passes on. */
static long prepare(char *line)
{
	struct tcp_sock *tp = calloc(1, sizeof(*tp));
	bool exiting = false;
	char *rest;

	if (!tp)
		abort();
	decision_count = 0;
	memset(&host, 0, sizeof(host));
	host.net.alive = true;
	host.net.ipv4.sysctl_tcp_fin_timeout = 60 * HZ;
	host.net.ipv4.sysctl_tcp_tw_timeout = 60 * HZ;
	host.prot.disconnect = tcp_disconnect;
	host.prot.orphan_count = &host.orphan_count;
	host.sk = &tp->sk;
	tp->sk.sk_state = TCP_ESTABLISHED;
	tp->sk.sk_refcnt = 1;
	tp->sk.sk_allocation = GFP_KERNEL;
	tp->sk.sk_prot = &host.prot;
	tp->sk.sk_net = &host.net;
	tp->sk.sk_net_refcnt = true;
	tp->sk.sk_state_change = nothing;
	host.prot.unhash = nothing;
	host.prot.destroy = note_destroyed;
	tp->snd_nxt = tp->write_seq = tp->copied_seq = FIRST_SEQ;
	tp->icsk_rto = 200;

	for (char *word = strtok_r(line, "&", &rest); word; word = strtok_r(NULL, "&", &rest)) {
		char *value = strchr(word, '=');

		if (!value)
			refuse(word, "");
		*value++ = '\0';
		set_input(tp, &exiting, word, value);
	}
	if (!(tp->sk.sk_flags >> SOCK_LINGER & 1) || exiting)
		return 0;
	return (long)tp->sk.sk_lingertime;
}

/* ---- writing an outcome ---- */

static void write_strings(const char *name, const char *const *list, size_t count)
{
	printf(", \"%s\": [", name);
	for (size_t i = 0; i < count; i++)
		printf("%s\"%s\"", i ? ", " : "", list[i]);
	printf("]");
}

static void write_number(const char *name, bool there, long value)
{
	printf(", \"%s\": ", name);
	if (there)
		printf("%ld", value);
	else
		printf("null");
}

static void write_outcome(void)
{
	const struct sock *sk = host.sk ? host.sk : &host.corpse.sk;
	const char *comma = "";

	printf("{\"decisions\": [");
	for (size_t i = 0; i < decision_count; i++)
		printf("%s[%d, %s]", i ? ", " : "", decisions[i].line,
		       decisions[i].taken ? "true" : "false");
	printf("], \"state\": \"%s\"", STATE_NAMES[sk->sk_state]);
	printf(", \"destroyed\": %s", host.destroyed ? "true" : "false");
	if (host.timewait)
		printf(", \"timewait\": \"%s\"", STATE_NAMES[host.timewait]);
	else
		printf(", \"timewait\": null");
	write_strings("segments", host.segments, host.segment_count);
	printf(", \"counters\": {");
	for (size_t i = 0; i < MIB_COUNT; i++) {
		if (!host.net.mib[i])
			continue;
		printf("%s\"%s\": %ld", comma, MIB_NAMES[i], host.net.mib[i]);
		comma = ", ";
	}
	printf("}");
	write_number("keepalive_ms", host.keepalive_armed, (long)host.keepalive);
	write_number("timewait_ms", host.timewait, host.timewait_timeo);
	printf(", \"orphans\": %ld", (long)host.orphan_count.count);
	printf(", \"refs\": %d", sk->sk_refcnt - 1);
	printf(", \"locks_balanced\": %s",
	       !host.softirq_disabled && !sk->sk_owned && !sk->sk_slock ? "true" : "false");
	write_number("sk_err", sk->sk_err, sk->sk_err);
	printf(", \"freed\": %s", host.sk ? "false" : "true");
	write_strings("calls", host.calls, host.call_count);
	write_strings("misuse", &host.misuse, host.misuse ? 1 : 0);
	printf("}\n");
}

int main(void)
{
	char *line = NULL;
	size_t room = 0;
	ssize_t length;

	while ((length = getline(&line, &room, stdin)) >= 0) {
		long timeout;

		if (length && line[length - 1] == '\n')
			line[length - 1] = '\0';
		timeout = prepare(line);
		tcp_close(host.sk, timeout);
		write_outcome();
		if (host.sk)
			discard_sock(host.sk);
		free(host.wait.list);
	}
	free(line);
	return 0;
}
