// SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
// SPDX-License-Identifier: MIT

// What has to be known before the page is painted. Not a module: those wait until it was read.
// A link of the running program names the language in its query; here that is a folder. And a page
// that shows another socket or other lines than its file is not painted until they are there.
{
  const page = document.documentElement;
  const [main, ...others] = page.dataset.edition.split(" ");
  const { pathname } = new URL("../../../../", document.currentScript.src);
  const names = location.pathname.slice(pathname.length).split("/");
  const folder = others.includes(names[0]) ? names.shift() : main;
  const byQuery = ["study", "atlas", "compare", "lab"];
  const query = location.search.slice(1).split("&");
  const wanted = new URLSearchParams(location.search).get("lang");
  if (wanted && wanted !== folder && [main, ...others].includes(wanted)) {
    const kept = query.filter((pair) => pair && !pair.startsWith("lang=")).join("&");
    const place = (wanted === main ? "" : `${wanted}/`) + names.join("/");
    location.replace(pathname + place + (kept ? `?${kept}` : "") + location.hash);
  } else if (
    page.dataset.page === "place" ||
    (byQuery.includes(page.dataset.page) && location.search.length > 1) ||
    (page.dataset.page === "study" && /^#L\d+-L?\d+$/.test(location.hash))
  ) {
    page.dataset.pending = "";
    // Whatever goes wrong, there is something to read.
    setTimeout(() => delete page.dataset.pending, 8000);
  }
}
