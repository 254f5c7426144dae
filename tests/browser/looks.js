// SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
// SPDX-License-Identifier: MIT

// What a machine can see of a page that looks wrong, as sentences. `untranslated` are the texts of
// the interface in English that have another form in the page's language; empty for English.
(untranslated) => {
  const found = [];
  const say = (what, node, text = "") => found.push(`${what}: ${place(node)} ${text.trim().slice(0, 60)}`);
  const place = (node) => {
    const own = node.id ? `#${node.id}` : node.getAttribute("class") ? `.${node.getAttribute("class").trim().split(/\s+/).join(".")}` : "";
    return `${node.closest("[id]")?.id ?? ""} ${node.localName}${own}`;
  };
  const sheet = new CSSStyleSheet();
  // What lies under the bar or the player just now can be scrolled away from there. What is laid out
  // when one comes near has no places before.
  sheet.replaceSync(".bar, .player, .audience-head { position: static !important; } .helper-list { content-visibility: visible !important; }");
  document.adoptedStyleSheets = [sheet];
  const root = document.querySelector("dialog[open]") ?? document.body;
  const width = document.documentElement.clientWidth;

  if (document.documentElement.scrollWidth > width + 1) say("wider than the window", document.body, `${document.documentElement.scrollWidth} > ${width}`);

  // The texts that are seen, each with the lines that it takes.
  const texts = [];
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  const hides = (parent) => {
    // Told to those who listen alone, or cut to nothing.
    for (let node = parent; node && node !== document.body; node = node.parentElement) {
      const style = getComputedStyle(node);
      if (style.clipPath !== "none" || style.opacity === "0") return true;
    }
    return false;
  };
  while (walker.nextNode()) {
    const { currentNode: text } = walker;
    const parent = text.parentElement;
    if (!text.data.trim() || parent.closest("script, style, template, noscript, option, textarea, title, desc, defs")) continue;
    if (!parent.checkVisibility({ visibilityProperty: true, opacityProperty: true }) || hides(parent)) continue;
    const range = document.createRange();
    range.selectNodeContents(text);
    const boxes = [...range.getClientRects()].filter((box) => box.width > 1 && box.height > 1);
    if (boxes.length) texts.push({ text: text.data, parent, boxes, style: getComputedStyle(parent) });
  }

  // A size, a face or a colour that no rule gave.
  const bare = document.documentElement.appendChild(document.createElement("section"));
  bare.style.all = "initial";
  const { fontFamily } = getComputedStyle(bare);
  bare.remove();
  for (const { text, parent, style } of texts) {
    const isPicture = parent instanceof SVGElement;
    const size = parseFloat(style.fontSize);
    if (style.fontFamily === fontFamily) say("no face", parent, text);
    if (isPicture && style.fill === "rgb(0, 0, 0)") say("no colour", parent, text);
    if (!isPicture && size < 7.5 && !parent.closest(".is-next")) say(`type of ${size} px`, parent, text);
    if (size > 90) say(`type of ${size} px`, parent, text);
  }

  // Contrast: text on the first ground below it that is opaque.
  const paint = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const known = new Map();
  const rgba = (colour) => {
    if (!known.has(colour)) {
      paint.clearRect(0, 0, 1, 1);
      paint.fillStyle = colour;
      paint.fillRect(0, 0, 1, 1);
      known.set(colour, [...paint.getImageData(0, 0, 1, 1).data]);
    }
    return known.get(colour);
  };
  const light = (parts) => {
    const [r, g, b] = parts.map((part) => (part / 255 <= 0.04045 ? part / 255 / 12.92 : ((part / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ground = (node) => {
    const above = [];
    for (let at = node; at; at = at.parentElement) {
      const style = getComputedStyle(at);
      // What is brightened or painted otherwise is not told by colours.
      if (style.backgroundImage !== "none" || style.filter !== "none" || style.opacity !== "1") return null;
      const colour = rgba(style.backgroundColor);
      if (colour[3] === 255) return above.reduceRight((base, [r, g, b, a]) => base.map((part, n) => part + ([r, g, b][n] - part) * (a / 255)), colour.slice(0, 3));
      if (colour[3]) above.push(colour);
    }
    return null;
  };
  for (const { text, parent, style } of texts) {
    if (parent instanceof SVGElement || parent.closest(":disabled, [aria-disabled]")) continue;
    const back = ground(parent);
    if (!back) continue;
    const [one, other] = [light(rgba(style.color).slice(0, 3)), light(back)];
    const ratio = (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
    const isLarge = parseFloat(style.fontSize) >= 24 || (parseFloat(style.fontSize) >= 18.66 && style.fontWeight >= 700);
    if (ratio < (isLarge ? 3 : 4.5) - 0.05) say(`contrast ${ratio.toFixed(2)}`, parent, text);
  }

  // Text over text.
  const flat = texts.flatMap(({ text, parent, boxes }) => boxes.map((box) => ({ text, parent, box })));
  flat.sort((a, b) => a.box.top - b.box.top);
  const floats = (node) => node.closest("[popover], dialog, .skip, .ballot, .corner, .line-state, .player, .bar, .w-panel, .audience-head, .stage-foot");
  const isCut = ({ parent, box }) => {
    // Scrolled out of sight, or behind an edge.
    for (let at = parent; at && at !== document.body; at = at.parentElement) {
      const { overflowX, overflowY } = getComputedStyle(at);
      if (overflowX === "visible" && overflowY === "visible") continue;
      const edge = at.getBoundingClientRect();
      if (box.bottom > edge.bottom + 2 || box.top < edge.top - 2 || box.right > edge.right + 2 || box.left < edge.left - 2) return true;
    }
    return false;
  };
  for (const [n, one] of flat.entries()) {
    for (let m = n + 1; m < flat.length && flat[m].box.top < one.box.bottom; m++) {
      const other = flat[m];
      if (one.parent === other.parent || floats(one.parent) !== floats(other.parent)) continue;
      const across = Math.min(one.box.right, other.box.right) - Math.max(one.box.left, other.box.left);
      const down = Math.min(one.box.bottom, other.box.bottom) - other.box.top;
      // A line's box is higher than its letters.
      if (across < 4 || down < 0.5 * Math.min(one.box.height, other.box.height) || isCut(one) || isCut(other)) continue;
      say("text over text", one.parent, `${one.text.trim().slice(0, 30)} / ${other.text.trim().slice(0, 30)}`);
    }
  }

  // Cut off: a box that hides what is wider than itself and does not say so by an ellipsis; a text
  // of a picture that is over its edge.
  for (const { text, parent, boxes } of texts) {
    const picture = parent.ownerSVGElement;
    if (picture && getComputedStyle(picture).overflow !== "visible" && !picture.closest(".map, .station")) {
      const edge = picture.getBoundingClientRect();
      if (boxes.some((box) => box.left < edge.left - 2 || box.right > edge.right + 2)) say("cut by its picture", parent, text);
    }
  }
  for (const node of root.querySelectorAll("*")) {
    if (!(node instanceof HTMLElement) || node.clientWidth < 20 || node.scrollWidth <= node.clientWidth + 2) continue;
    const style = getComputedStyle(node);
    if (!["hidden", "clip"].includes(style.overflowX) || style.textOverflow === "ellipsis" || style.clipPath !== "none") continue;
    if (!node.checkVisibility({ visibilityProperty: true }) || hides(node)) continue;
    const edge = node.getBoundingClientRect();
    const over = texts.find(({ parent, boxes }) => node.contains(parent) && boxes.some((box) => box.right > edge.right + 2 || box.left < edge.left - 2));
    if (over) say("cut off", node, over.text);
  }

  // Words that nobody translated: a text of the interface as it is in English, or English prose.
  if (untranslated.length) {
    const known = new Set(untranslated);
    const isName = (node) => node.closest("code, kbd, pre, [lang|=en], .hljs, .code, .languages, samp, mark, .command, .copy-text, textarea");
    const prose = /[a-z]{2,} [a-z]{2,} [a-z]{2,}/;
    const judge = (text, node) => {
      const whole = text.trim();
      // What a log or a program prints is quoted as it is.
      if (/^“.*”$/.test(whole)) return;
      if (known.has(whole) || (prose.test(whole) && !/[㐀-鿿]/.test(whole))) say("untranslated", node, whole);
    };
    for (const { text, parent } of texts) if (!isName(parent)) judge(text, parent);
    for (const node of root.querySelectorAll("[aria-label], [title], [placeholder], [alt]")) {
      if (isName(node)) continue;
      for (const name of ["aria-label", "title", "placeholder", "alt"]) judge(node.getAttribute(name) ?? "", node);
    }
  }
  return [...new Set(found)];
}
