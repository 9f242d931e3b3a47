"use strict";
// Adds sorting and filtering; the page is complete without it.
for (const table of document.querySelectorAll("table.sortable")) {
  const body = table.tBodies[0];
  const heads = [...table.tHead.rows[0].cells];
  const value = (row, column) => {
    const cell = row.cells[column];
    const raw = cell.dataset.v ?? cell.textContent.trim();
    return raw !== "" && !Number.isNaN(Number(raw)) ? Number(raw) : raw;
  };
  const compare = (a, b) => {
    if (a === "" || b === "") return a === b ? 0 : a === "" ? 1 : -1;
    return typeof a === "number" && typeof b === "number" ? a - b : String(a).localeCompare(String(b), "zh-CN");
  };
  heads.forEach((head, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = head.textContent;
    head.replaceChildren(button);
    button.addEventListener("click", () => {
      const down = head.classList.contains("num") ? head.getAttribute("aria-sort") !== "descending" : head.getAttribute("aria-sort") === "ascending";
      heads.forEach((other) => other.removeAttribute("aria-sort"));
      head.setAttribute("aria-sort", down ? "descending" : "ascending");
      const rows = [...body.rows].map((row) => ({ row, key: value(row, column) }));
      rows.sort((a, b) => (a.key === "" || b.key === "" || !down ? compare(a.key, b.key) : compare(b.key, a.key)));
      body.append(...rows.map(({ row }) => row));
    });
  });
  if (body.rows.length >= 12) {
    const filter = document.createElement("input");
    filter.type = "search";
    filter.className = "filter";
    filter.placeholder = "筛选…";
    filter.setAttribute("aria-label", "筛选这张表");
    filter.addEventListener("input", () => {
      const wanted = filter.value.trim().toLowerCase();
      for (const row of body.rows) row.hidden = !row.textContent.toLowerCase().includes(wanted);
    });
    table.before(filter);
  }
}
{
  const heading = (block) => {
    if (block.tagName === "TR") return block.cells[0].querySelector(".name") && block.cells[0];
    if (block.tagName === "DT") return block.querySelector(".name") && block;
    return block.querySelector("h3, figcaption");
  };
  const wanted = "main > section:not(#front) :is(tbody tr, .dossier, .cards > .card, dt)";
  const blocks = [...document.querySelectorAll(wanted)].filter((block) => !block.parentElement.closest(".dossier") && heading(block));
  const names = new Set([...document.querySelectorAll("#accounts tbody .name")].map((name) => name.textContent));
  const section = document.querySelector("#appendix > .chapters");
  if (section && names.size >= 4) {
    const filter = document.createElement("input");
    filter.type = "search";
    filter.className = "filter";
    filter.id = "account-filter";
    filter.placeholder = "只看：名字或身份，如 直接对手";
    filter.setAttribute("aria-label", "整页只看这些账号，写名字或身份");
    filter.addEventListener("input", () => {
      const words = filter.value.toLowerCase().split(/[\s,，、]+/).filter(Boolean);
      for (const block of blocks) {
        const text = heading(block).textContent.toLowerCase();
        const off = words.length > 0 && !words.some((word) => text.includes(word));
        block.classList.toggle("unlisted", off);
        if (block.tagName === "DT") block.nextElementSibling.classList.toggle("unlisted", off);
      }
    });
    section.after(filter);
  }
}
// What a link leads into opens by itself in browsers of 2025; in older ones here.
{
  const open = () => {
    const target = location.hash.length > 1 && document.getElementById(location.hash.slice(1));
    for (let fold = target && target.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
    if (target) target.scrollIntoView();
  };
  addEventListener("hashchange", open);
  open();
}
