/* SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors */
/* SPDX-License-Identifier: MIT */

/*
 * A second opinion on tcp_close: just enough of a kernel for the quoted source to
 * compile, unchanged, with an ordinary C compiler. It models one socket, its host and
 * its peer, independently of the Python model that it is compared with.
 *
 * One jiffy is 1 ms. Every name that the quoted source calls is a function here, never
 * a macro with an `if` or a `while` in it: those would be recorded as decisions of the
 * source (see subject.c).
 */
#ifndef DIFFERENTIAL_STUBS_H
#define DIFFERENTIAL_STUBS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef uint8_t u8;
typedef uint32_t u32;
typedef int64_t s64;
typedef unsigned int gfp_t;

#define HZ 1000
#define GFP_ATOMIC 0x1u
#define GFP_KERNEL 0x2u

#define RCV_SHUTDOWN 1
#define SEND_SHUTDOWN 2
#define SHUTDOWN_MASK 3

#define TCPHDR_FIN 0x01

enum {
	TCP_ESTABLISHED = 1,
	TCP_SYN_SENT,
	TCP_SYN_RECV,
	TCP_FIN_WAIT1,
	TCP_FIN_WAIT2,
	TCP_TIME_WAIT,
	TCP_CLOSE,
	TCP_CLOSE_WAIT,
	TCP_LAST_ACK,
	TCP_LISTEN,
	TCP_CLOSING,
	TCP_MAX_STATES
};

enum sock_flags { SOCK_DEAD, SOCK_DONE, SOCK_LINGER };

enum mib {
	TCP_MIB_ESTABRESETS,
	TCP_MIB_OUTRSTS,
	TCP_MIB_ATTEMPTFAILS,
	TCP_MIB_CURRESTAB, /* a gauge, which only a kernel's own tcp_set_state moves */
	LINUX_MIB_TCPABORTONCLOSE,
	LINUX_MIB_TCPABORTONDATA,
	LINUX_MIB_TCPABORTONLINGER,
	LINUX_MIB_TCPABORTONMEMORY,
	MIB_COUNT
};

/* What the peer may send while we wait, or have sent before the backlog is run. */
enum event { EVENT_ACK, EVENT_FIN, EVENT_DATA, EVENT_RST };

struct events {
	enum event *list;
	size_t count;
	size_t next; /* the first one that was not delivered yet */
};

struct net {
	struct {
		int sysctl_tcp_tw_timeout;
		int sysctl_tcp_fin_timeout;
	} ipv4;
	bool alive;
	long mib[MIB_COUNT];
};

struct percpu_counter {
	s64 count;
};

struct sock;

struct proto {
	int (*disconnect)(struct sock *sk, int flags);
	void (*unhash)(struct sock *sk);
	void (*destroy)(struct sock *sk);
	struct percpu_counter *orphan_count;
};

struct tcp_skb_cb {
	u32 seq;
	u32 end_seq;
	u8 tcp_flags;
};

struct sk_buff {
	struct sk_buff *next;
	struct tcp_skb_cb tcb;
};

struct sk_buff_head {
	struct sk_buff *first;
	struct sk_buff *last;
};

struct request_sock {
	struct sock *listener;
};

struct sock {
	volatile u8 sk_state;
	u8 sk_shutdown;
	int sk_err;
	int sk_refcnt;
	unsigned long sk_flags;
	unsigned long sk_lingertime; /* jiffies */
	gfp_t sk_allocation;
	struct proto *sk_prot;
	struct net *sk_net;
	struct sk_buff_head sk_receive_queue;
	struct events sk_backlog;
	unsigned int sk_ack_backlog; /* completed children that nobody accepted */
	int sk_owned;                /* lock_sock: owned by a process */
	int sk_slock;                /* bh_lock_sock: the spin lock */
	/* What only texts of newer kernels look at. */
	bool sk_net_refcnt;
	u8 sk_userlocks;
	int sk_wmem_queued;
	void (*sk_state_change)(struct sock *sk);
};

struct tcp_sock {
	struct sock sk; /* first: tcp_sk() is a cast */
	u32 snd_nxt;
	u32 write_seq;
	u32 copied_seq;
	u32 icsk_rto; /* jiffies */
	int linger2;  /* jiffies; 0: the sysctl; negative: no FIN_WAIT2 */
	u8 repair;
	struct request_sock *fastopen_rsk;
};

/* Everything outside the socket, and what became of it: fresh for each scenario. */
struct host {
	struct net net;
	struct percpu_counter orphan_count;
	struct proto prot;
	struct events wait; /* what the peer sends while the closer sleeps */
	bool too_many_orphans;
	bool out_of_memory;

	int softirq_disabled; /* depth of local_bh_disable */
	bool keepalive_armed;
	unsigned long keepalive; /* jiffies */
	int timewait;            /* a state, or 0 without a mini-socket */
	int timewait_timeo;      /* jiffies */
	bool destroyed;
	const char *segments[512];
	size_t segment_count;
	const char *calls[2048];
	size_t call_count;
	const char *misuse; /* the first broken rule of the kernel, or NULL */

	struct sock *sk;       /* NULL once its memory was given back */
	struct tcp_sock corpse; /* a copy of the socket from just before that */
};

extern struct host host;

/* Notes a broken rule (a lock given back that nobody holds ...); the first one is kept. */
void misuse(const char *what);

/* Sets one socket flag, as the kernel's own sock_set_flag. */
void sock_set_flag(struct sock *sk, enum sock_flags flag);

/* Gives back a socket whose tcp_close left it alive, with all that hangs on it. */
void discard_sock(struct sock *sk);

/* What sk_prot->destroy does; and what clears the socket's timers. */
void note_destroyed(struct sock *sk);
void clear_timers(void);

/* What tcp_close calls, in the order of its text. */
void tcp_close(struct sock *sk, long timeout);
void lock_sock(struct sock *sk);
void tcp_set_state(struct sock *sk, int state);
void tcp_done(struct sock *sk);
void inet_csk_listen_stop(struct sock *sk);
struct sk_buff *__skb_dequeue(struct sk_buff_head *queue);
struct tcp_skb_cb *TCP_SKB_CB(struct sk_buff *skb);
void __kfree_skb(struct sk_buff *skb);
void sk_mem_reclaim(struct sock *sk);
struct tcp_sock *tcp_sk(struct sock *sk);
int tcp_disconnect(struct sock *sk, int flags);
struct net *sock_net(const struct sock *sk);
void NET_INC_STATS(struct net *net, enum mib field);
void tcp_send_active_reset(struct sock *sk, gfp_t priority);
bool sock_flag(const struct sock *sk, enum sock_flags flag);
int tcp_close_state(struct sock *sk);
void tcp_send_fin(struct sock *sk);
void sk_stream_wait_close(struct sock *sk, long timeout);
void sock_hold(struct sock *sk);
void sock_orphan(struct sock *sk);
void local_bh_disable(void);
void bh_lock_sock(struct sock *sk);
void __release_sock(struct sock *sk);
void percpu_counter_inc(struct percpu_counter *counter);
void __NET_INC_STATS(struct net *net, enum mib field);
int tcp_fin_time(struct sock *sk);
void inet_csk_reset_keepalive_timer(struct sock *sk, unsigned long timeout);
void tcp_time_wait(struct sock *sk, int state, int timeo);
bool tcp_check_oom(struct sock *sk, int shift);
int check_net(const struct net *net);
void reqsk_fastopen_remove(struct sock *sk, struct request_sock *req, bool reset);
void inet_csk_destroy_sock(struct sock *sk);
void bh_unlock_sock(struct sock *sk);
void local_bh_enable(void);
void release_sock(struct sock *sk);
void sock_put(struct sock *sk);

#define unlikely(condition) __builtin_expect(!!(condition), 0)
#define EXPORT_SYMBOL(name) extern __typeof__(name) name

#endif
