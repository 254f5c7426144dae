// SPDX-FileCopyrightText: 2026 The tcp_close walkthrough authors
// SPDX-License-Identifier: MIT

// What has to be known before the page is painted. Not a module: those wait until it was read.
// An address that leads on keeps its query. The program names the language in the query; here that
// is a folder. And a page that shows what its file has not is not painted until that is there.
{
  const page = document.documentElement;
  const { moved, languages } = page.dataset;
  const { search, hash } = location;
  if (moved !== undefined) {
    const target = new URL(moved, location.href);
    target.search ||= search;
    target.hash ||= hash;
    location.replace(target.href);
  } else {
    const [main, ...others] = languages.split(" ");
    const { pathname } = new URL("../../../../", document.currentScript.src);
    const names = location.pathname.slice(pathname.length).split("/");
    const folder = others.includes(names[0]) ? names.shift() : main;
    const query = new URLSearchParams(search);
    const lang = query.get("lang");
    if (lang && lang !== folder && [main, ...others].includes(lang)) {
      query.delete("lang");
      const kept = query.size ? `?${decodeURIComponent(query)}` : "";
      location.replace(pathname + (lang === main ? "" : `${lang}/`) + names.join("/") + kept + hash);
    }
    const isPicked = ["study", "atlas", "compare", "lab"].includes(page.dataset.page) && search.length > 1;
    if (isPicked || page.dataset.page === "place" || /^#L\d+-L?\d+$/.test(hash)) {
      page.dataset.pending = "";
      // Whatever goes wrong, there is something to read; what is only late comes all the same.
      setTimeout(() => "pending" in page.dataset && (page.dataset.pending = "late"), 8000);
    }
  }
}
