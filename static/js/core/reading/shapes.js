// SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
// SPDX-License-Identifier: MIT

// The shapes of lines that say something about closing sockets, as one table: a name, a pattern, and
// what a match means. Nothing is guessed from a line that no shape fits. What a line `begins` with
// (characters of a class, none is any) and `has` spare most lines most patterns.
//
// `read(match, into)` calls the methods of `into`, a Findings: counter, state, row, flags and so on.

/** The kernel's names of the states; /proc/net/tcp numbers them from 1 (include/net/tcp_states.h). */
export const STATE_NAMES = [
  "ESTABLISHED",
  "SYN_SENT",
  "SYN_RECV",
  "FIN_WAIT1",
  "FIN_WAIT2",
  "TIME_WAIT",
  "CLOSE",
  "CLOSE_WAIT",
  "LAST_ACK",
  "LISTEN",
  "CLOSING",
];

/** Those names by how tools spell them; ss writes FIN-WAIT-1. */
export const STATES = {
  ...Object.fromEntries(STATE_NAMES.flatMap((name) => [
    [name, name],
    [name.replace("_", "-").replace(/(?=\d)/, "-"), name],
  ])),
  ESTAB: "ESTABLISHED",
  VERBUNDEN: "ESTABLISHED",
  UNCONN: "CLOSE",
};

/** The counters that are read, in the order of the table. */
export const COUNTERS = [
  "TCPAbortOnClose",
  "TCPAbortOnData",
  "TCPAbortOnLinger",
  "TCPAbortOnMemory",
  "TCPAbortOnTimeout",
  "TCPAbortFailed",
  "TCPTimeWaitOverflow",
  "EstabResets",
  "OutRsts",
  "AttemptFails",
];

/** A counter's name as it stands there. */
export function bareName(name) {
  return name.replace(/^Tcp(?:Ext)?/, "");
}

/**
 * How netstat -s words them, since net-tools 1.60.
 * @type {Array<[RegExp, string]>}
 */
const WORDINGS = [
  [/^connections reset due to early user close/, "TCPAbortOnClose"],
  [/^connections reset due to unexpected (?:data|SYN)/, "TCPAbortOnData"],
  [/^connections aborted after user close in linger timeout/, "TCPAbortOnLinger"],
  [/^connections aborted due to memory pressure/, "TCPAbortOnMemory"],
  [/^connections aborted due to timeout/, "TCPAbortOnTimeout"],
  [/^times unable to send RST/i, "TCPAbortFailed"],
  [/^connection resets received/, "EstabResets"],
  [/^resets sent/, "OutRsts"],
  [/^failed connection attempts/, "AttemptFails"],
];

const STATE = Object.keys(STATES).join("|");
const NAME = COUNTERS.join("|");
const NUMBER = String.raw`\d{1,15}(?:,\d{3}){0,5}(?:\.\d{1,12})?(?:e[+]?\d{1,2})?`;

const TCPDUMP = /^(?:\S{1,15}\s{1,9}(?:In|Out|[BMP])\s{1,9})?(?:IP6? )?(\S{1,80}) > (\S{1,80}): Flags \[([A-Z.]{1,10})\](, seq 0, ack \d{1,10}, win 0,)?/;
const TSHARK = /^.{0,160}?(\d{1,5}) (?:→|->) (\d{1,5}) \[([A-Z, ]{1,40})\] Seq=/;

const FAILURE = /ECONNRESET|[Cc]onnection reset by peer|SocketException: Connection reset|EPIPE|[Bb]roken pipe|ECONNREFUSED|[Cc]onnection refused/;

/** How a call failed, by the words of a log: a RST came, nobody reads or listens; null for none of these. */
function failureOf(text) {
  const [word] = FAILURE.exec(text) ?? [];
  // Who is refused by a unix socket has sent no SYN.
  if (/refused/i.test(word ?? "") && /unix:|\.sock\b|AF_UNIX/.test(text)) return null;
  return word ? (/pipe/i.test(word) ? "epipe" : /refused/i.test(word) ? "refused" : "econnreset") : null;
}

/** A number as tools write it: 1,234 and 1.234567e+06 are whole; null for any other. */
export function numberOf(text) {
  const value = Number(text.replace(/,/g, ""));
  return Number.isSafeInteger(value) ? value : null;
}

/** @type {Array<{name: string, begins?: string, has?: string, notLogged?: boolean, pattern: RegExp, read: (match: any, into: any) => any}>} */
export const SHAPES = [
  { name: "a bare number", begins: "0-9", notLogged: true, pattern: /^\d{1,15}$/, read: (_, into) => into.nameless("other") },
  // What stands above a list.
  {
    name: "ss header", begins: "0-9NSR", has: "Recv-Q",
    pattern: /^(?:\d{1,7}\s+)?(Netid\s+)?(State\s.*)?Recv-Q\s+Send-Q\s+Local/,
    read: (match, into) => into.list("ss", { hasState: Boolean(match[2]) }),
  },
  { name: "uniq of a header", begins: "0-9", has: "State", pattern: /^\d{1,7}\s+State$/, read: (_, into) => into.kind("state-counts") },
  {
    name: "netstat header", begins: "P", has: "Recv-Q",
    pattern: /^Proto\s+Recv-Q\s+Send-Q\s.*$/,
    read: (match, into) => into.list("netstat", { hasProcess: /PID/.test(match[0]) }),
  },

  // Sockets, a line each.
  {
    name: "conntrack", begins: "it", has: "src=",
    pattern: /^(?:ipv[46]\s+\d+\s+)?tcp\s+6\s+\d+\s+[A-Z_]{3,12}\s.*\bsrc=/,
    read: (_, into) => into.kind("conntrack"),
  },
  {
    name: "ss of another protocol", begins: "nuripvmtx?",
    pattern: /^(?:nl|u_\w{2,4}|udp|raw|icmp6|p_\w{1,4}|v_\w{1,4}|mptcp|tipc|xdp|\?\?\?)\s+[A-Z-]{4,10}\s+\d+\s+\d+/,
    read: (_, into) => into.kind("ss"),
  },
  {
    name: "ss", begins: "tEVSFTUCL",
    pattern: new RegExp(String.raw`^(?:tcp\s+)?(${STATE})\s+(\d{1,15})\s+(\d{1,15})\s+(\S+)(?:\s+(.*))?$`),
    read: ([, state, received, , , rest], into) =>
      into.row("ss", {
        state: STATES[state],
        received: Number(received),
        peer: rest?.split(/\s/, 1)[0] ?? "",
        isHeld: /\busers:\(\(/.test(rest ?? ""),
        timer: /\btimer:\((\w{2,12})/.exec(rest ?? "")?.[1],
      }),
  },
  {
    name: "ss without a state", begins: "0-9", has: ":",
    pattern: /^\d{1,15}\s+\d{1,15}\s+\S+:(?:\S+)\s+\S+:\S+/,
    read: (_, into) => into.nameless("ss"),
  },
  {
    name: "ss with a protocol and without a state", begins: "t", has: ":",
    pattern: /^tcp\s+\d{1,15}\s+\d{1,15}\s+\S+:\S+\s+\S+:\S+(?:\s+(?:timer|users|ino|uid|sk|cgroup):.*)?$/,
    read: (_, into) => into.nameless("ss"),
  },
  {
    name: "netstat", begins: "t",
    pattern: /^tcp6?\s+(\d{1,15})\s+(\d{1,15})\s+(\S+)\s+(\S+)\s+(\S+)(?:\s+(.*))?$/,
    read: ([, , , , , state, rest = ""], into) => {
      if (!Object.hasOwn(STATES, state)) return into.translated("netstat");
      if (state === "VERBUNDEN") into.translated("netstat");
      return into.row("netstat", {
        state: STATES[state],
        isHeld: /(?:^|\s)\d{1,10}\/\S/.test(rest),
        timer: /\b(timewait|keepalive|probe|on2?|off) \(/.exec(rest)?.[1],
        hasProcess: /(?:^|\s)(?:\d{1,10}\/\S|-(?:\s|$))/.test(rest),
      });
    },
  },
  {
    name: "netstat of Windows", begins: "T", has: ":",
    pattern: /^TCP\s+\S+:\S+\s+\S+:\S+\s+[A-Z_0-9]{4,14}(?:\s+\d+)?$/,
    read: (_, into) => into.foreign("netstat"),
  },
  {
    name: "netstat of a BSD", begins: "t",
    pattern: /^tcp(?:4|46)\s+\d+\s+\d+\s+\S+\.\S+\s+\S+\.\S+/,
    read: (_, into) => into.foreign("netstat"),
  },
  {
    name: "lsof", has: "TCP",
    pattern: new RegExp(String.raw`^\S+\s+\d+\s.*\sTCP\s+\S+\s+\((${STATE})\)$`),
    read: ([, state], into) => into.row("lsof", { state: STATES[state], isHeld: true }),
  },
  {
    name: "lsof -F", begins: "T",
    pattern: new RegExp(String.raw`^TST=(${STATE})$`),
    read: ([, state], into) => into.row("lsof", { state: STATES[state], isHeld: true }),
  },
  {
    name: "/proc/net/tcp", begins: "0-9", has: ":",
    pattern:
      /^\d+: [0-9A-F]{8,32}:[0-9A-F]{4} [0-9A-F]{8,32}:[0-9A-F]{4} ([0-9A-F]{2}) [0-9A-F]{8}:([0-9A-F]{8}) ([0-9A-F]{2}):/,
    read: ([, state, , timer], into) => {
      const name = STATE_NAMES[Number.parseInt(state, 16) - 1];
      if (name) into.row("proc-net-tcp", { state: name, timer: timer === "03" ? "timewait" : timer });
    },
  },

  // Sockets, counted.
  {
    name: "uniq -c", begins: "0-9",
    pattern: new RegExp(String.raw`^(\d{1,15})\s+(${STATE})$`),
    read: ([, count, state], into) => into.states("state-counts", STATES[state], Number(count)),
  },
  {
    name: "awk", begins: "EVSFTUCL",
    pattern: new RegExp(String.raw`^(${STATE}):?\s+(\d{1,15})$`),
    read: ([, state, count], into) => into.states("state-counts", STATES[state], Number(count)),
  },
  {
    name: "node_tcp_connection_states", begins: "n",
    pattern: new RegExp(String.raw`^node_tcp_connection_states\{[^}]{0,500}state="(\w{4,12})"[^}]{0,500}\}\s+(${NUMBER})`),
    read: ([, state, count], into) => {
      const name = STATES[state.toUpperCase()];
      if (name) into.states("prometheus", name, numberOf(count));
    },
  },
  {
    name: "ss -s", begins: "T", has: "orphaned",
    pattern: /^TCP:\s+\d+ \(estab \d+, closed \d+, orphaned (\d{1,15}),.*timewait (\d{1,15})/,
    read: ([, orphans, timewait], into) =>
      into.gauges("ss-summary", { orphans: Number(orphans), timewait: Number(timewait) }),
  },
  {
    name: "what else ss -s says", begins: "TRUIF0-9",
    pattern: /^(?:Total: \d+(?: \(kernel \d+\))?|Transport\s+Total\s+IP\s+IPv6|(?:(?:RAW|UDP|TCP|INET|FRAG)\s+)?\d+\s+[\d-]+\s+[\d-]+)$/,
    read: ([line], into) => /^T[or]/.test(line) || into.isOf("ss-summary"),
  },
  {
    name: "sockstat", begins: "T", has: "orphan",
    pattern: /^TCP: inuse \d+ orphan (\d{1,15}) tw (\d{1,15}) /,
    read: ([, orphans, timewait], into) =>
      into.gauges("sockstat", { orphans: Number(orphans), timewait: Number(timewait) }),
  },
  {
    name: "node_sockstat", begins: "n",
    pattern: new RegExp(String.raw`^node_sockstat_TCP_(orphan|tw)(?:\{[^}]{0,500}\})?\s+(${NUMBER})`),
    read: ([, name, count], into) =>
      into.gauges("prometheus", { [name === "tw" ? "timewait" : "orphans"]: numberOf(count) }),
  },

  // Counters.
  {
    name: "node_netstat", begins: "n",
    pattern: new RegExp(String.raw`^node_netstat_Tcp(?:Ext)?_(${NAME})(\{[^}]{0,500}\})?\s+(${NUMBER})`),
    read: ([, name, labels = "", value], into) => {
      into.source(`labels ${labels}`);
      into.counter("prometheus", name, numberOf(value));
    },
  },
  {
    name: "netstat -s", begins: "0-9", has: " ",
    pattern: /^(\d{1,15})\s+([A-Za-z][A-Za-z ]{5,80})/,
    read: ([, value, words], into) => {
      const text = words[0].toLowerCase() + words.slice(1);
      const known = WORDINGS.find(([pattern]) => pattern.test(text));
      return known ? into.counter("netstat-s", known[1], Number(value)) : false;
    },
  },
  {
    name: "netstat -s of a BSD", begins: "0-9", has: "connections",
    pattern: /^\d+ (?:embryonic connections dropped|connections closed \(including|connections dropped by)/,
    read: (_, into) => into.foreign("netstat-s"),
  },
  {
    name: "a section of netstat -s", begins: "TIUM",
    pattern: /^(?:(?:Tcp|TcpExt|TCP|TCPEXT):?|(?:Ip|Icmp|IcmpMsg|Udp|UdpLite|IpExt|MPTcpExt):)$/,
    read: (_, into) => into.kind("netstat-s"),
  },
  {
    name: "netstat -s in another language", has: ":",
    pattern: /^(?=.{0,200}[^ -~])[^\d:]{4,200}:\s*\d{1,15}$/,
    read: (_, into) => into.translated("netstat-s"),
  },

  {
    name: "nstat", begins: "A-Z", has: ".",
    pattern: /^([A-Z][A-Za-z0-9]{2,60})\s+\d{1,20}(?:\s+\d{1,12}\.\d)$/,
    read: ([, name], into) => (/^Tcp/.test(name) ? into.kind("nstat") : into.otherProtocol()),
  },
  {
    name: "snmp6", begins: "IU", has: "6",
    pattern: /^(?:Ip|Icmp|Udp|UdpLite)6[A-Z]\w{1,60}\s+\d{1,20}$/,
    read: (_, into) => into.otherProtocol(),
  },
  {
    name: "what else netstat -s says", begins: "0-9A-Za-z",
    pattern:
      /^(?:\d{1,20} [A-Za-z][A-Za-z ,'()-]{5,120}\.?|[A-Za-z][A-Za-z0-9 -]{2,60}:(?: \d{1,20})?|Quick ack mode was activated \d{1,20} times)$/,
    read: (_, into) => into.isOf("netstat-s"),
  },
  {
    name: "what else ss says of a socket", has: ":",
    pattern: /^.{0,400}\b(?:skmem|rto|mss|cwnd|wscale):/,
    read: (_, into) => into.isOf("ss"),
  },
  {
    name: "a frame around a list", begins: "#`|:+E-",
    pattern: /^(?:#(?:kernel\b|\d+\.\d)|`{3}|[-|:+ ]{3,400}$|Every \d)/,
    read: () => true,
  },

  // What happened.
  {
    name: "orphans in the log", has: "TCP: too many",
    pattern: /^(?:.{0,200}\s)?TCP: too many orphaned sockets/,
    read: (_, into) => into.fact("dmesg", { symptoms: ["too-many-orphans", "abort-on-memory"], branches: ["oom/true"] }),
  },
  {
    name: "memory in the log", has: "TCP: out of",
    pattern: /^(?:.{0,200}\s)?TCP: out of memory -- consider tuning tcp_mem/,
    read: (_, into) => into.fact("dmesg", { symptoms: ["abort-on-memory", "too-many-orphans"], branches: ["oom/true"] }),
  },
  {
    name: "SO_LINGER of 0", has: "SO_LINGER",
    pattern: /^(?:.{0,40}\s)?setsockopt\(.{0,60}SO_LINGER, \{(?:l_)?onoff=1, (?:l_)?linger=0\}/,
    read: (_, into) => into.fact("strace", { symptoms: ["abort-on-data"], branches: ["zero-linger/true"] }),
  },
  {
    name: "SO_LINGER with a time", has: "SO_LINGER",
    pattern: /^(?:.{0,40}\s)?setsockopt\(.{0,60}SO_LINGER, \{(?:l_)?onoff=1, (?:l_)?linger=[1-9]/,
    read: (_, into) => into.fact("strace", { symptoms: ["close-blocks", "linger-ignored"] }),
  },
  {
    name: "a negative TCP_LINGER2", has: "TCP_LINGER2",
    pattern: /^(?:.{0,40}\s)?setsockopt\(.{0,60}TCP_LINGER2, \[-\d/,
    read: (_, into) => into.fact("strace", { symptoms: ["abort-on-linger"], branches: ["linger2-negative/true"] }),
  },
  {
    name: "strace", has: "(",
    pattern: /^(?:.{0,40}\s)?(?:close|connect|shutdown|(?:recv|send)(?:from|to|m?msg)?|(?:read|write)v?)\(\d{1,7}[,)].{0,400} = -?\d.*$/,
    read: ([line], into) => into.failure("strace", failureOf(line)),
  },
  {
    name: "tcpdump", has: "Flags [",
    pattern: TCPDUMP,
    read: ([, from, to, flags, refusal], into) =>
      into.segment("tcpdump", from, to, {
        isSyn: flags === "S",
        isFin: flags.includes("F"),
        isReset: flags.includes("R"),
        acks: flags.includes("."),
        isRefusal: refusal !== undefined,
      }),
  },
  {
    name: "tshark", has: "Seq=",
    pattern: TSHARK,
    read: ([, from, to, flags], into) =>
      into.segment("tshark", from, to, {
        isSyn: flags === "SYN",
        isFin: flags.includes("FIN"),
        isReset: flags.includes("RST"),
        acks: flags.includes("ACK"),
        isRefusal: false,
      }),
  },
  {
    name: "tcpdrop", begins: "0-9", has: ">",
    pattern: new RegExp(String.raw`^(?:\d+\s+)?\d+\s+[46]\s+\S+\s+>\s+\S+\s+(${STATE})\s+\(`),
    read: ([, state], into) => into.fact("tcpdrop", { states: [STATES[state]] }),
  },
  {
    name: "what else tcpdrop says",
    pattern: /^(?:TIME\s+PID\s+IP\s+SADDR:SPORT\s|(?:b')?\w{1,80}\+0x[0-9a-f]{1,8}\b)/,
    read: () => true,
  },
  {
    name: "a program's log",
    pattern: FAILURE,
    read: ({ input }, into) => failureOf(input) !== null && into.failure("log", failureOf(input)),
  },
  { name: "tcplife", begins: "P", has: "COMM", pattern: /^PID\s+COMM\s+(?:IP\s+)?LADDR\s/, read: (_, into) => into.kind("tcplife") },
];

/** A counter by its name, with whatever prefix, and the number behind it; several stand in one line. */
export const NAMED = new RegExp(
  String.raw`(?:^|[^A-Za-z])(Tcp(?:Ext)?[._]?)?(${NAME})["']?\s{0,80}[:=|]?\s{0,80}(?<!\w)(${NUMBER})(?!\d|[\w.]*[A-Za-z])`,
  "g",
);
