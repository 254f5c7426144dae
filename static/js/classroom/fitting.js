// SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
// SPDX-License-Identifier: MIT

/** Makes the type in a node smaller until nothing in its frame is cut; the style has chosen one that mostly fits. */
export function fit(node, frame = node) {
  let scale = 1;
  node.style.setProperty("--scale", scale);
  while (scale > 0.4 && (frame.scrollHeight > frame.clientHeight + 1 || frame.scrollWidth > frame.clientWidth + 1)) {
    scale -= 0.04;
    node.style.setProperty("--scale", scale);
  }
}
