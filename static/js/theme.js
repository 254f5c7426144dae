// SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
// SPDX-License-Identifier: MIT

// Applies what was chosen at an earlier visit: the theme, and that the overview is known. Not a module: those wait until the page has been read,
// and by then it would have been painted in the other theme.
{
  try {
    const chosen = localStorage.getItem("theme");
    if (localStorage.getItem("overview")) document.documentElement.dataset.overview = "known";
    if (chosen === "light" || chosen === "dark") document.documentElement.dataset.theme = chosen;
  } catch {
    // Storage may be forbidden: then the system's theme stays.
  }
}
