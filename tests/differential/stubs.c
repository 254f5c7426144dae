/* SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors */
/* SPDX-License-Identifier: MIT */

/*
 * The functions that tcp_close calls, as small as they can be while the socket, the
 * host and the peer still do what Linux 4.19 does.
 */
#include "stubs.h"

#include <errno.h>
#include <stdlib.h>

#ifndef DROPS_REQUEST
#define DROPS_REQUEST 0
#endif

struct host host;

static const unsigned int CLOSING_STATES =
	1u << TCP_FIN_WAIT1 | 1u << TCP_CLOSING | 1u << TCP_LAST_ACK;

/*
 * Calls made by tcp_close itself are noted, those between the functions here are not:
 * CALLED() opens a scope that counts the depth and closes with its function.
 */
static int call_depth;

static int enter(const char *name)
{
	const size_t room = sizeof(host.calls) / sizeof(host.calls[0]);

	if (call_depth == 0 && host.call_count < room)
		host.calls[host.call_count++] = name;
	return ++call_depth;
}

static void leave(int *depth)
{
	call_depth = *depth - 1;
}

/* A kernel's own text of these, where it is compiled, takes their place: see kernels.h. */
#define OWN_TEXT_FIRST __attribute__((weak))

#define CALLED() __attribute__((cleanup(leave), unused)) int depth_here = enter(__func__)

void misuse(const char *what)
{
	if (!host.misuse)
		host.misuse = what;
}

static bool in_states(const struct sock *sk, unsigned int states)
{
	return states & 1u << sk->sk_state;
}

static void send_segment(const char *kind)
{
	if (host.segment_count == sizeof(host.segments) / sizeof(host.segments[0]))
		abort();
	host.segments[host.segment_count++] = kind;
}

static void send_rst(struct net *net)
{
	net->mib[TCP_MIB_OUTRSTS]++;
	send_segment("RST");
}

/* ---- flags, state, statistics ---- */

void sock_set_flag(struct sock *sk, enum sock_flags flag)
{
	sk->sk_flags |= 1ul << flag;
}

bool sock_flag(const struct sock *sk, enum sock_flags flag)
{
	CALLED();
	return sk->sk_flags >> flag & 1;
}

struct net *sock_net(const struct sock *sk)
{
	CALLED();
	return sk->sk_net;
}

struct tcp_sock *tcp_sk(struct sock *sk)
{
	CALLED();
	return (struct tcp_sock *)sk;
}

void NET_INC_STATS(struct net *net, enum mib field)
{
	CALLED();
	net->mib[field]++;
}

void __NET_INC_STATS(struct net *net, enum mib field)
{
	CALLED();
	if (!host.softirq_disabled)
		misuse("__NET_INC_STATS with bottom halves enabled");
	net->mib[field]++;
}

OWN_TEXT_FIRST void tcp_set_state(struct sock *sk, int state)
{
	CALLED();
	if (state == TCP_CLOSE && in_states(sk, 1u << TCP_ESTABLISHED | 1u << TCP_CLOSE_WAIT))
		sk->sk_net->mib[TCP_MIB_ESTABRESETS]++;
	sk->sk_state = (u8)state;
}

void percpu_counter_inc(struct percpu_counter *counter)
{
	CALLED();
	counter->count++;
}

/* ---- locks and references ---- */

void lock_sock(struct sock *sk)
{
	CALLED();
	if (sk->sk_owned || host.softirq_disabled)
		misuse("lock_sock would deadlock, or sleep with bottom halves disabled");
	sk->sk_owned++;
}

void release_sock(struct sock *sk)
{
	CALLED();
	if (sk->sk_owned != 1 || sk->sk_slock)
		misuse("release_sock of a socket that is not owned, or still spin-locked");
	sk->sk_owned--;
}

void local_bh_disable(void)
{
	CALLED();
	host.softirq_disabled++;
}

void local_bh_enable(void)
{
	CALLED();
	if (host.softirq_disabled == 0)
		misuse("local_bh_enable without local_bh_disable");
	host.softirq_disabled--;
}

void bh_lock_sock(struct sock *sk)
{
	CALLED();
	if (sk->sk_slock || !host.softirq_disabled)
		misuse("bh_lock_sock would deadlock");
	sk->sk_slock++;
}

void bh_unlock_sock(struct sock *sk)
{
	CALLED();
	if (sk->sk_slock != 1)
		misuse("bh_unlock_sock of a socket that is not locked");
	sk->sk_slock--;
}

void sock_hold(struct sock *sk)
{
	CALLED();
	sk->sk_refcnt++;
}

void sock_put(struct sock *sk)
{
	CALLED();
	if (--sk->sk_refcnt > 0)
		return;
	host.corpse = *(struct tcp_sock *)sk;
	discard_sock(sk);
}

void discard_sock(struct sock *sk)
{
	struct sk_buff *skb;

	while ((skb = __skb_dequeue(&sk->sk_receive_queue)))
		__kfree_skb(skb);
	free(((struct tcp_sock *)sk)->fastopen_rsk);
	free(sk->sk_backlog.list);
	free(sk); /* from here on the address sanitizer reports any use */
	host.sk = NULL;
}

/* ---- memory and queues ---- */

struct sk_buff *__skb_dequeue(struct sk_buff_head *queue)
{
	CALLED();
	struct sk_buff *skb = queue->first;

	if (skb) {
		queue->first = skb->next;
		if (!queue->first)
			queue->last = NULL;
	}
	return skb;
}

struct tcp_skb_cb *TCP_SKB_CB(struct sk_buff *skb)
{
	CALLED();
	return &skb->tcb;
}

void __kfree_skb(struct sk_buff *skb)
{
	CALLED();
	free(skb);
}

void sk_mem_reclaim(struct sock *sk)
{
	CALLED();
	(void)sk;
}

/* ---- limits and the namespace ---- */

OWN_TEXT_FIRST bool tcp_check_oom(struct sock *sk, int shift)
{
	CALLED();
	(void)sk;
	(void)shift;
	return host.too_many_orphans || host.out_of_memory;
}

int check_net(const struct net *net)
{
	CALLED();
	return net->alive;
}

/* ---- timers ---- */

/* Three and a half times the retransmission timeout, in unsigned 32 bits. */
static int minimal_wait(const struct tcp_sock *tp)
{
	return (int)((tp->icsk_rto << 2) - (tp->icsk_rto >> 1));
}

OWN_TEXT_FIRST int tcp_fin_time(struct sock *sk)
{
	CALLED();
	const struct tcp_sock *tp = (struct tcp_sock *)sk;
	int chosen = tp->linger2;

	if (chosen == 0)
		chosen = sk->sk_net->ipv4.sysctl_tcp_fin_timeout;
	return chosen < minimal_wait(tp) ? minimal_wait(tp) : chosen;
}

void inet_csk_reset_keepalive_timer(struct sock *sk, unsigned long timeout)
{
	CALLED();
	(void)sk;
	host.keepalive_armed = true;
	host.keepalive = timeout;
}

void clear_timers(void)
{
	host.keepalive_armed = false;
}

void note_destroyed(struct sock *sk)
{
	if (host.destroyed || sk->sk_state != TCP_CLOSE || !(sk->sk_flags >> SOCK_DEAD & 1))
		misuse("a socket is destroyed twice, or is not closed, or no orphan");
	clear_timers();
	host.destroyed = true;
}

/* ---- the ways out ---- */

void reqsk_fastopen_remove(struct sock *sk, struct request_sock *req, bool reset)
{
	CALLED();
	struct tcp_sock *tp = (struct tcp_sock *)sk;

	if (req != tp->fastopen_rsk || reset)
		misuse("reqsk_fastopen_remove of a foreign request");
	tp->fastopen_rsk = NULL;
	free(req);
}

static void drop_fastopen_request(struct sock *sk)
{
	struct request_sock *req = ((struct tcp_sock *)sk)->fastopen_rsk;

	if (req)
		reqsk_fastopen_remove(sk, req, false);
}

OWN_TEXT_FIRST void inet_csk_destroy_sock(struct sock *sk)
{
	CALLED();
	if (host.destroyed)
		misuse("inet_csk_destroy_sock twice");
	if (sk->sk_state != TCP_CLOSE)
		misuse("inet_csk_destroy_sock of a socket that is not closed");
	if (!sock_flag(sk, SOCK_DEAD))
		misuse("inet_csk_destroy_sock of a socket that is not an orphan");
	if (((struct tcp_sock *)sk)->fastopen_rsk)
		misuse("inet_csk_destroy_sock with a Fast Open request");
	clear_timers();
	host.destroyed = true;
	sk->sk_prot->orphan_count->count--;
	sock_put(sk);
}

OWN_TEXT_FIRST void tcp_done(struct sock *sk)
{
	if (in_states(sk, 1u << TCP_SYN_SENT | 1u << TCP_SYN_RECV))
		sk->sk_net->mib[TCP_MIB_ATTEMPTFAILS]++;
	tcp_set_state(sk, TCP_CLOSE);
	clear_timers();
	drop_fastopen_request(sk);
	sk->sk_shutdown = SHUTDOWN_MASK;
	if (sock_flag(sk, SOCK_DEAD))
		inet_csk_destroy_sock(sk);
	/* else the owner is woken, and that is all */
}

void tcp_time_wait(struct sock *sk, int state, int timeo)
{
	CALLED();
	const int at_least = minimal_wait((struct tcp_sock *)sk);

	if (host.timewait)
		misuse("two mini-sockets for one connection");
	if (timeo < at_least)
		timeo = at_least;
	if (state == TCP_TIME_WAIT)
		timeo = sk->sk_net->ipv4.sysctl_tcp_tw_timeout;
	host.timewait = state;
	host.timewait_timeo = timeo;
	tcp_done(sk);
}

void inet_csk_listen_stop(struct sock *sk)
{
	CALLED();
	/* A child is ESTABLISHED: disconnected, it is reset, orphaned and destroyed. */
	for (; sk->sk_ack_backlog; sk->sk_ack_backlog--) {
		sk->sk_net->mib[TCP_MIB_ESTABRESETS]++;
#ifdef KERNEL
		sk->sk_net->mib[TCP_MIB_CURRESTAB]--;
#endif
		send_rst(sk->sk_net);
	}
}

void tcp_send_active_reset(struct sock *sk, gfp_t priority)
{
	CALLED();
	(void)priority;
	send_rst(sk->sk_net); /* whatever the state */
}

int tcp_disconnect(struct sock *sk, int flags)
{
	CALLED();
	const unsigned int synchronized = 1u << TCP_ESTABLISHED | 1u << TCP_SYN_RECV |
		1u << TCP_CLOSE_WAIT | 1u << TCP_FIN_WAIT1 | 1u << TCP_FIN_WAIT2;
	const unsigned int finished = 1u << TCP_CLOSING | 1u << TCP_LAST_ACK;
	const struct tcp_sock *tp = (struct tcp_sock *)sk;
	const unsigned int before = 1u << sk->sk_state;

	(void)flags;
	if (sk->sk_state != TCP_CLOSE)
		tcp_set_state(sk, TCP_CLOSE);
	if (tp->repair) {
		sk->sk_err = ECONNABORTED;
	} else if (before & synchronized ||
		   (before & finished && tp->snd_nxt != tp->write_seq)) {
		send_rst(sk->sk_net);
		sk->sk_err = ECONNRESET;
	} else if (before == 1u << TCP_SYN_SENT) {
		sk->sk_err = ECONNRESET;
	}
	clear_timers();
	/* Since 2025, and in the stable kernels. */
	if (DROPS_REQUEST)
		drop_fastopen_request(sk);
	sk->sk_shutdown = 0;
	return 0;
}

OWN_TEXT_FIRST int tcp_close_state(struct sock *sk)
{
	CALLED();
	static const struct {
		u8 next;
		bool fin;
	} after[TCP_MAX_STATES] = {
		[TCP_ESTABLISHED] = {TCP_FIN_WAIT1, true},
		[TCP_SYN_SENT] = {TCP_CLOSE, false},
		[TCP_SYN_RECV] = {TCP_FIN_WAIT1, true},
		[TCP_FIN_WAIT1] = {TCP_FIN_WAIT1, false},
		[TCP_FIN_WAIT2] = {TCP_FIN_WAIT2, false},
		[TCP_CLOSE] = {TCP_CLOSE, false},
		[TCP_CLOSE_WAIT] = {TCP_LAST_ACK, true},
		[TCP_LAST_ACK] = {TCP_LAST_ACK, false},
		[TCP_LISTEN] = {TCP_CLOSE, false},
		[TCP_CLOSING] = {TCP_CLOSING, false},
	};
	const u8 before = sk->sk_state;

	tcp_set_state(sk, after[before].next);
	return after[before].fin;
}

void tcp_send_fin(struct sock *sk)
{
	CALLED();
	struct tcp_sock *tp = (struct tcp_sock *)sk;

	/* Behind unsent data it leaves later, but it leaves because of this call. */
	if (tp->snd_nxt == tp->write_seq)
		tp->snd_nxt++;
	tp->write_seq++;
	send_segment("FIN");
}

void sock_orphan(struct sock *sk)
{
	CALLED();
	sock_set_flag(sk, SOCK_DEAD);
}

/* ---- the peer ---- */

static void receive_rst(struct sock *sk)
{
	sk->sk_err = sk->sk_state == TCP_CLOSE_WAIT ? EPIPE
		: sk->sk_state == TCP_SYN_SENT      ? ECONNREFUSED
						    : ECONNRESET;
	tcp_done(sk);
}

/* The acknowledgement of our FIN, in FIN_WAIT1. */
static void finish_fin_wait1(struct sock *sk)
{
	const struct tcp_sock *tp = (struct tcp_sock *)sk;
	const int tw_timeout = sk->sk_net->ipv4.sysctl_tcp_tw_timeout;
	int tmo;

	tcp_set_state(sk, TCP_FIN_WAIT2);
	if (!sock_flag(sk, SOCK_DEAD))
		return; /* somebody sleeps in close(): wake it, it will decide */
	if (tp->linger2 < 0) {
		tcp_done(sk);
		sk->sk_net->mib[LINUX_MIB_TCPABORTONDATA]++;
		send_rst(sk->sk_net);
		return;
	}
	/* No mini-socket yet: the closer still owns the socket. */
	tmo = tcp_fin_time(sk);
	inet_csk_reset_keepalive_timer(sk, (unsigned long)(tmo > tw_timeout ? tmo - tw_timeout : tmo));
}

static void receive_ack(struct sock *sk)
{
	switch (sk->sk_state) {
	case TCP_FIN_WAIT1:
		finish_fin_wait1(sk);
		break;
	case TCP_CLOSING:
		tcp_time_wait(sk, TCP_TIME_WAIT, 0);
		break;
	case TCP_LAST_ACK:
		tcp_done(sk);
		break;
	default:
		break;
	}
}

static void receive_fin(struct sock *sk)
{
	switch (sk->sk_state) {
	case TCP_FIN_WAIT1:
		tcp_set_state(sk, TCP_CLOSING);
		break;
	case TCP_FIN_WAIT2:
		tcp_time_wait(sk, TCP_TIME_WAIT, 0);
		break;
	case TCP_ESTABLISHED:
	case TCP_SYN_RECV:
		tcp_set_state(sk, TCP_CLOSE_WAIT);
		break;
	default:
		break;
	}
}

static void receive_data(struct sock *sk)
{
	if (!in_states(sk, 1u << TCP_FIN_WAIT1 | 1u << TCP_FIN_WAIT2))
		return; /* beyond the peer's FIN, or to be read by the program */
	sk->sk_net->mib[LINUX_MIB_TCPABORTONDATA]++;
	sk->sk_err = ECONNRESET;
	tcp_done(sk);
	send_rst(sk->sk_net);
}

static void receive(struct sock *sk, enum event event)
{
	if (in_states(sk, 1u << TCP_CLOSE | 1u << TCP_LISTEN))
		return;
	if (event == EVENT_RST) {
		receive_rst(sk);
		return;
	}
	if (sk->sk_state == TCP_SYN_SENT)
		return;
	if (in_states(sk, 1u << TCP_FIN_WAIT1 | 1u << TCP_SYN_RECV))
		drop_fastopen_request(sk); /* the handshake is complete */
	switch (event) {
	case EVENT_ACK:
		receive_ack(sk);
		break;
	case EVENT_FIN:
		receive_fin(sk);
		break;
	case EVENT_DATA:
		receive_data(sk);
		break;
	case EVENT_RST:
		break;
	}
}

void sk_stream_wait_close(struct sock *sk, long timeout)
{
	CALLED();
	if (timeout == 0)
		return;
	while (in_states(sk, CLOSING_STATES) && host.wait.next < host.wait.count) {
		release_sock(sk); /* asleep, so that the segment gets in */
		receive(sk, host.wait.list[host.wait.next++]);
		lock_sock(sk);
	}
}

void __release_sock(struct sock *sk)
{
	CALLED();
	struct events *backlog = &sk->sk_backlog;

	if (!sk->sk_owned || !sk->sk_slock)
		misuse("__release_sock without both locks");
	while (backlog->next < backlog->count) {
		bh_unlock_sock(sk);
		local_bh_enable();
		receive(sk, backlog->list[backlog->next++]);
		local_bh_disable();
		bh_lock_sock(sk);
	}
}
