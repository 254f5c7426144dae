// SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
// SPDX-License-Identifier: MIT

// An address that leads on keeps what stands behind it. Not a module: it is to come before the page
// leads on by itself.
{
  const target = new URL(document.querySelector("link[rel=canonical]").href);
  const more = location.search.slice(1);
  if (more && !target.search) target.search = more;
  target.hash = location.hash;
  location.replace(target.href);
}
