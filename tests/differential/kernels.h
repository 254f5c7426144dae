/* SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors */
/* SPDX-License-Identifier: MIT */

/*
 * Names that texts of newer kernels have besides: of __tcp_close, its wrapper and the small
 * functions that they call, which are compiled from the same text. None has an `if` or a `while`
 * in it (see subject.c). `const` and `static` go, so that each function takes the place of its stub.
 */
#ifndef DIFFERENTIAL_KERNELS_H
#define DIFFERENTIAL_KERNELS_H

typedef int32_t s32;

void __tcp_close(struct sock *sk, long timeout);

#define READ_ONCE(x) (x)
#define WRITE_ONCE(x, value) ((x) = (value))
#define rcu_dereference_protected(pointer, condition) (pointer)
#define lockdep_sock_is_held(sk) 1
#define after(one, other) ((s32)((other) - (one)) < 0)
#define before(one, other) ((s32)((one) - (other)) < 0)
#define WARN_ON(condition) ((void)(condition))
#define BUILD_BUG_ON(condition) ((void)0)
#define BTF_TYPE_EMIT_ENUM(name) ((void)0)
#define fallthrough __attribute__((fallthrough))
#define net_info_ratelimited(...) ((void)0)

#define TCP_TIMEWAIT_LEN (60 * HZ)
#define TCP_STATE_MASK 0xf
#define TCP_ACTION_FIN (1 << 7)

#define tcp_orphan_count host.orphan_count
#define tcp_orphan_count_inc() (host.orphan_count.count++)
#define this_cpu_inc(counter) ((counter).count++)
#define this_cpu_dec(counter) ((counter).count--)

/* The socket has had one, two or three arguments for its reset. */
#define tcp_send_active_reset(sk, ...) (tcp_send_active_reset)(sk, GFP_KERNEL)
#define SK_RST_REASON_TCP_ABORT_ON_CLOSE 0
#define SK_RST_REASON_TCP_ABORT_ON_LINGER 0
#define SK_RST_REASON_TCP_ABORT_ON_MEMORY 0
#define SK_RST_REASON_TCP_STATE 0

#define inet_csk_clear_xmit_timers_sync(sk) clear_timers()
#define tcp_clear_xmit_timers(sk) clear_timers()
#define tcp_orphan_cache host.too_many_orphans
#define sysctl_tcp_max_orphans 0
#define SOCK_MIN_SNDBUF 4608
#define sk_memory_allocated(sk) (host.out_of_memory)
#define sk_prot_mem_limits(sk, index) 0

#define TCP_INC_STATS(net, field) ((net)->mib[field]++)
#define TCP_DEC_STATS(net, field) ((net)->mib[field]--)
#define BPF_SOCK_OPS_TEST_FLAG(tp, flag) 0
#define tcp_call_bpf_2arg(...) ((void)0)
#define SOCK_BINDPORT_LOCK 8
#define inet_csk(sk) (&(struct { u32 icsk_rto; void *icsk_bind_hash; }){tcp_sk(sk)->icsk_rto, NULL})
#define inet_sk(sk) (&(struct { int inet_num; }){0})
#define inet_put_port(sk) ((void)0)
#define inet_sk_state_store(sk, state) ((sk)->sk_state = (u8)(state))
#define sk_unhashed(sk) 1
#define sk_refcnt_debug_release(sk) ((void)0)
#define sk_stream_kill_queues(sk) ((void)0)
#define xfrm_sk_free_policy(sk) ((void)0)

#define const
#define static
#define inline

#endif
