// SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
// SPDX-License-Identifier: MIT

// /proc/net/netstat and /proc/net/snmp: a group's names on one line, its numbers on the next, both
// behind the group's name ("TcpExt:"), or behind nothing where columns were cut out. A terminal may
// have wrapped a line between two words; where it was within one, names and numbers do not fit, and
// the pair says nothing.

import { COUNTERS } from "./shapes.js";

const GROUP = /^(Tcp|TcpExt|Ip|IpExt|Icmp|IcmpMsg|Udp|UdpLite|MPTcpExt):\s+(.*)$/;
const NAMES = /^[A-Za-z]\w*(?:\s+[A-Za-z]\w*)*$/;
const NUMBERS = /^-?\d{1,20}(?:\s+-?\d{1,20})*$/;

export class Tables {
  #findings;
  /**
   * The one that is open; broken is what was wrapped within a word.
   * @type {{group: string, names: string[], numbers: number[], isBroken: boolean} | null}
   */
  #table = null;

  constructor(findings) {
    this.#findings = findings;
  }

  /**
   * Takes the form of a line that belongs to a table; whether there is one. Any other line ends the
   * table. A line without a group begins none, unless it has the name of a counter.
   */
  take(forms, hasName) {
    for (const form of forms) {
      const [, group, rest] = GROUP.exec(form) ?? [null, null, form];
      if (group === null && !this.#table && !hasName) continue;
      if (NUMBERS.test(rest) ? this.#takeNumbers(group, rest) : NAMES.test(rest) && this.#takeNames(group, rest)) {
        return true;
      }
    }
    this.end();
    return false;
  }

  #takeNames(group, rest) {
    const names = rest.split(/\s+/);
    if (group === null && this.#table && !this.#table.numbers.length) {
      this.#table.names.push(...names);
      // Each of the kernel's names begins with a capital: this one goes on in the middle.
      this.#table.isBroken ||= /^[a-z]/.test(rest);
      return true;
    }
    if (group === null && names.filter((name) => COUNTERS.includes(name)).length < 2) return false;
    this.end();
    this.#table = { group: group ?? "", names, numbers: [], isBroken: false };
    return true;
  }

  #takeNumbers(group, rest) {
    const table = this.#table;
    // The group's name stands before the first line of numbers alone.
    if (!table || (group ?? "") !== (table.numbers.length ? "" : table.group)) return false;
    table.isBroken ||= /(?:^|\s)0\d/.test(rest);
    table.numbers.push(...rest.split(/\s+/).map(Number));
    if (table.numbers.length >= table.names.length) this.end();
    return true;
  }

  /** Counts the table that is open; one whose lines do not fit is said to be cut. */
  end() {
    if (!this.#table) return;
    const { group, names, numbers, isBroken } = this.#table;
    this.#table = null;
    this.#findings.kind("proc-netstat");
    if (isBroken || names.length !== numbers.length) {
      this.#findings.say("cut");
    } else if (/^(?:Tcp(?:Ext)?)?$/.test(group)) {
      names.forEach((name, i) => {
        if (COUNTERS.includes(name)) this.#findings.counter("proc-netstat", name, numbers[i]);
      });
    } else {
      this.#findings.otherProtocol();
    }
  }
}
