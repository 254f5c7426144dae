/* Ends our half of a connection; the program keeps the socket. */
void tiny_shutdown(struct sock *sk)
{
	struct sk_buff *skb;
	int ignored = 0;

	lock_sock(sk);
	if (sk->sk_state == TCP_CLOSE)
		goto out;

	if (sk->sk_state == TCP_LISTEN) {
		tcp_set_state(sk, TCP_CLOSE);
		inet_csk_listen_stop(sk);
		goto out;
	}

	/* One segment may be on its way to the program. More were ignored. */
	while ((skb = __skb_dequeue(&sk->sk_receive_queue)) != NULL) {
		ignored++;
		__kfree_skb(skb);
	}

	if (ignored > 1) {
		tcp_set_state(sk, TCP_CLOSE);
		tcp_send_active_reset(sk, sk->sk_allocation);
	} else if (tcp_close_state(sk)) {
		sk->sk_shutdown |= SEND_SHUTDOWN;
		tcp_send_fin(sk);
	}

out:
	release_sock(sk);
}
