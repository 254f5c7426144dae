// SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
// SPDX-License-Identifier: MIT

// All that is shown of a reading, as plain data: sentences, the table's values, what lights the code,
// a link and a text to copy. A worker makes it in the browser, app/web/pasting in the server; the
// element and the template put the same strings into the same places.
//
// `words` comes from the server: {lang, texts, rows, leads, branches, page, which,
// code, origin}. Rows are {name,
// shown, kind, means, isLater, sites: [{line, isMini, href, text}], symptoms}, kind being "named",
// "counter", "state" or "other".

import { linkOf, readingOf } from "./reading/link.js";
import { MAX_LENGTH, readHostText } from "./reading/read.js";
import { bareName } from "./reading/shapes.js";
import { filled } from "./steps.js";

/** Symptoms that are linked beside the sentences. */
const LEADS = 3;

/** Counters of which the page that asks for the path knows. */
const ASKED = ["TCPAbortOnClose", "TCPAbortOnData", "TCPAbortOnLinger", "TCPAbortOnMemory"];

/** How a line can be lit, the surest first. */
const LOOKS = ["known", "would", "shared", "later"];

/** The report of a text, or of what a link says; null for what no link says. */
export function reportFor({ text, link, words }) {
  const reading = text === undefined ? readingOf(link) : readHostText(text);
  return reading && reportOf(reading, words);
}

/**
 * @returns {any} what `Report` in app/web/pasting/view.py says, and the `reading`
 */
export function reportOf(reading, words) {
  const values = valuesOf(words.rows, reading);
  const shown = { ...formats(words.lang), reading, words, values };
  const marks = marksOf(shown);
  const leads = reading.symptoms.filter((id) => Object.hasOwn(words.leads, id)).slice(0, LEADS);
  const branches = reading.branches.filter((id) => Object.hasOwn(words.branches, id));
  const link = linkOf(reading);
  const answers = answersOf(reading);
  const lit = litOf(marks, branches, shown);
  const report = {
    reading,
    hasFigures: values.size > 0,
    sentences: sentencesOf(shown),
    tone: values.size || leads.length ? "" : "trouble",
    leads,
    branches,
    rows: Object.fromEntries(words.rows.map((row) => [row.name, rowOf(row, shown)])),
    marks,
    lit,
    code: Object.keys(lit).length ? `${words.code}#${placeOf(lit)}` : "",
    link: link && `${within(words.page, `found=${link}`)}#host`,
    which: answers && within(words.which, answers),
  };
  return { ...report, markdown: link && markdownOf(report, words) };
}

function within(page, query) {
  return `${page}${page.includes("?") ? "&" : "?"}${query}`;
}

function formats(lang) {
  const number = (value) => value.toLocaleString(lang);
  return { number, percent: (share) => percentOf(share, lang) };
}

function percentOf(share, lang) {
  const format = /** @type {const} */ ({ style: "percent", maximumFractionDigits: 1 });
  const isSmall = share > 0 && share < 0.001;
  const text = Math.max(share, isSmall ? 0.001 : 0).toLocaleString(lang, format);
  return isSmall ? `< ${text}` : text;
}

// Values

/** The value of each row by its name, null where the text does not say; empty where it says nothing. */
export function valuesOf(rows, reading) {
  const counters = { ...reading.rises, ...reading.counters };
  const sums = { orphans: reading.orphans, timewait: reading.timewait, LISTEN: reading.waiting };
  const all = { ...reading.states, ...sums };
  const values = new Map(
    rows.map(({ name }) => [name, (name.startsWith("Tcp") ? counters[bareName(name)] : all[name]) ?? null]),
  );
  return [...values.values()].some((value) => value !== null) || Object.keys(reading.states ?? {}).length ? values : new Map();
}

/** The part of a row in all rows of its kind, from 0 to 1; null where that says nothing. */
export function shareOf(row, rows, values) {
  const value = values.get(row.name) ?? null;
  const whole = sum(rows.filter((other) => other.kind === row.kind).map((other) => values.get(other.name)));
  return value === null || !whole || !["named", "state"].includes(row.kind) ? null : value / whole;
}

function rowOf(row, { words, values, number, percent }) {
  const value = values.get(row.name);
  const share = shareOf(row, words.rows, values);
  return {
    count: value === undefined ? "" : value === null ? words.texts.absent : number(value),
    share: share === null ? "" : percent(share),
    state: value ? "some" : value === 0 ? "zero" : "none",
  };
}

function sum(values) {
  return values.reduce((total, value) => total + (value ?? 0), 0);
}

// Sentences

function sentencesOf(shown) {
  const { reading, words, number } = shown;
  const say = (text, facts) => filled(words.texts[text], facts);
  const parts = abortsOf(shown);
  const risen = Object.entries(reading.rises).filter(([, count]) => count > 0);
  if (risen.length) {
    const rises = risen.map(([name, count]) => `${name} +${number(count)}`).join(words.texts.comma);
    parts.push(say("rises", { rises }));
  }
  parts.push(...socketsOf(shown));
  for (const name of ["waiting", "orphans", "timewait"]) {
    if (reading[name]) parts.push(filled(formOf(words.texts, name, reading[name]), { count: number(reading[name]) }));
  }
  const happened = reading.happened.branches.filter((id) => Object.hasOwn(words.branches, id));
  if (happened.length) {
    const branches = happened.map((id) => words.branches[id].text).join(words.texts.comma);
    parts.push(say("happened", { branches }));
    if (isReset(reading)) parts.push(words.texts["tell-apart"]);
  }
  const dropped = reading.happened.states;
  if (dropped.length) parts.push(say("dropped", { states: dropped.join(words.texts.comma) }));
  if (reading.kind.includes("conntrack")) parts.push(words.texts.conntrack);
  for (const code of reading.says) parts.push(say(code, { limit: MAX_LENGTH / 1024 / 1024 }));
  if (reading.ignored && parts.length && !reading.says.includes("nothing")) {
    parts.push(say("ignored", { count: number(reading.ignored) }));
  }
  return parts;
}

/** A sentence in the form for a count. */
function formOf(texts, name, count) {
  return (count === 1 && texts[`${name}-1`]) || texts[name];
}

/** Whether a capture has a reset that was asked for, and nothing says yet by what. */
function isReset({ happened: { branches } }) {
  return ["unread/true", "zero-linger/true"].every((branch) => branches.includes(branch));
}

/** What is known already of one close, as answers to the questions of the page that asks for the path. */
function answersOf(reading) {
  const { branches } = reading.happened;
  const risen = Object.keys(reading.rises).filter((name) => ASKED.includes(name) && reading.rises[name] > 0);
  const isMemory = branches.includes("oom/true");
  const [counter, another] = isMemory ? ["TCPAbortOnMemory"] : risen;
  return [
    ...(isReset(reading) ? ["sent=rst"] : []),
    ...(branches.includes("zero-linger/true") && !isReset(reading) ? ["linger=zero"] : []),
    ...(branches.includes("linger2-negative/true") ? ["linger2=negative"] : []),
    ...(counter && !another ? [`counter=${counter}`] : []),
  ].join("&");
}

/** What the aborted closes were: of two readings those between them, else all that are counted. */
function abortsOf({ reading, words, number, percent }) {
  const named = words.rows.filter((row) => row.kind === "named");
  const counted = (counts) => named.map((row) => ({ ...row, value: counts[bareName(row.name)] ?? 0 }));
  const rises = counted(reading.rises);
  const isRisen = sum(rises.map((row) => row.value)) > 0;
  const aborts = (isRisen ? rises : counted(reading.counters)).filter((row) => row.value);
  const total = sum(aborts.map((row) => row.value));
  if (!total) {
    if (!Object.keys(reading.counters).length) return [];
    const isAll = named.every((row) => Object.hasOwn(reading.counters, bareName(row.name)));
    return [isAll ? words.texts.zero : words.texts.unlisted];
  }
  const told = aborts.toSorted((a, b) => b.value - a.value).map((row, i) =>
    filled(i ? formOf(words.texts, "abort", row.value) : formOf(words.texts, isRisen ? "risen" : "aborts", total), {
      count: number(total),
      share: percent(row.value / total),
      what: row.means,
      value: number(row.value),
      name: row.name,
    }),
  );
  if (isRisen) return told;
  const isNstat = reading.kind.some((kind) => !["netstat-s", "proc-netstat", "prometheus"].includes(kind));
  return [...told, words.texts[isNstat ? "since-nstat" : "since-boot"]];
}

function socketsOf({ reading, words, number }) {
  const sockets = Object.entries(reading.states ?? {});
  if (!sockets.length) return [];
  const say = (text, count, facts) => filled(formOf(words.texts, text, count), { count: number(count), ...facts });
  const leaves = new Set(words.rows.filter((row) => row.kind === "state").map((row) => row.name));
  const left = sockets.filter(([name]) => leaves.has(name));
  const others = sockets.filter(([name]) => !leaves.has(name)).map(([name, count]) => `${name} ${number(count)}`);
  const held = sum(left.map(([name]) => reading.held?.[name]));
  const all = (states) => sum(states.map(([, value]) => value));
  const parts = [say("sockets", all(sockets), { left: number(all(left)) })];
  if (held) parts.push(say("held", held));
  if (reading.minisockets) parts.push(say("mini", reading.minisockets));
  if (others.length) parts.push(filled(words.texts.others, { states: others.join(words.texts.comma) }));
  return parts;
}

// On the code

/** What stands beside the lines, by line and name; what is not in the text is not there. */
function marksOf(shown) {
  const { words, values } = shown;
  const hasNamed = words.rows.some((row) => row.kind === "named" && values.get(row.name));
  const found = [];
  for (const row of words.rows) {
    const value = values.get(row.name) ?? null;
    if (value === null) continue;
    for (const site of row.sites) {
      const mark = markOf(row, site, value, shown);
      // The counters of the whole host light nothing where one of this function says which line it was.
      if (row.kind === "counter" && hasNamed) mark.look = "";
      found.push([`${site.line} ${row.name}`, mark, row.kind]);
    }
  }
  const most = (kind) => Math.max(...found.map(([, mark, other]) => (other === kind && mark.look ? mark.count : 0)));
  return Object.fromEntries(
    found.map(([key, { text, look, count }, kind]) => [
      key,
      { text, look, size: look && kind !== "counter" ? Math.ceil((100 * count) / most(kind)) : 0 },
    ]),
  );
}

function markOf(row, site, value, { reading, words, number }) {
  const say = (text, count) => filled(words.texts[text], { count: number(count), lines: row.sites.length });
  if (row.kind === "other") return { text: say("would", value), look: value ? "would" : "", count: value };
  // A socket that a process still holds was not closed.
  const closed = value - (row.kind === "state" ? (reading.held?.[row.name] ?? 0) : 0);
  if (closed <= 0) return { text: value ? say("kept", value) : number(0), look: "", count: 0 };
  if (row.isLater) return { text: say("later", closed), look: "later", count: closed };
  if (row.sites.length === 1) return { text: number(closed), look: "known", count: closed };
  const isMixed = row.sites.some(({ isMini }) => isMini) && row.sites.some(({ isMini }) => !isMini);
  if (!isMixed || reading.minisockets === null) return { text: say("shared", closed), look: "shared", count: closed };
  // A timer tells the mini-sockets from the others.
  const count = site.isMini ? Math.min(reading.minisockets, closed) : Math.max(closed - reading.minisockets, 0);
  return { text: number(count), look: count ? "known" : "", count };
}

/** How each line is lit: by its numbers, or as the decision that was taken there. */
function litOf(marks, branches, { reading, words }) {
  const lit = {};
  const light = (line, look) => {
    if (look && (!lit[line] || LOOKS.indexOf(look) < LOOKS.indexOf(lit[line]))) lit[line] = look;
  };
  for (const [key, { look }] of Object.entries(marks)) light(key.split(" ")[0], look);
  // Of several ways that fit what happened, it was one.
  const isSure = reading.happened.branches.length <= 1;
  for (const id of branches) {
    light(words.branches[id].line, isSure || !reading.happened.branches.includes(id) ? "known" : "shared");
  }
  return lit;
}

/** The lines as the end of an address: `lit=49-known,126-shared`. */
function placeOf(lit) {
  return `lit=${Object.entries(lit).map(([line, look]) => `${line}-${look}`)}`;
}

// As a text

function markdownOf({ sentences, rows, leads, link }, { texts, rows: all, leads: titles, page, origin }) {
  const to = (text, href) => `[${text.replace(/[[\]|]/g, "\\$&")}](${origin}${href})`;
  const lines = all
    .filter((row) => rows[row.name].state !== "none")
    .map((row) => {
      const { count, share } = rows[row.name];
      const places = row.sites.map((site) => to(site.text, site.href)).join(", ");
      return `| \`${row.shown}\` | ${count} | ${share} | ${places} |`;
    });
  const table = lines.length
    ? [`| ${texts.number} | ${texts.count} | ${texts.part} | ${texts.behind} |`, "|---|--:|--:|---|", ...lines, ""]
    : [];
  const symptoms = leads.map((id) => `- ${to(titles[id], `${page}#${id}`)}`);
  return [sentences.join(texts.space), "", ...table, ...symptoms, "", to(texts.again, link)].join("\n");
}
