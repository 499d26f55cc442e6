"""The page's script: tables that sort, the theme, the scores of one fold. Without it the page still shows all."""

SCRIPT = """
"use strict";
(() => {
  const root = document.documentElement;
  const failures = [];
  const failed = text => { failures.push(String(text)); root.dataset.errors = failures.join("; "); };
  addEventListener("error", event => failed(event.message));
  addEventListener("unhandledrejection", event => failed(event.reason));
  document.addEventListener("securitypolicyviolation", event => failed("blocked: " + event.violatedDirective));

  const valueOf = (row, column) => {
    const text = row.cells[column].dataset.value ?? row.cells[column].textContent;
    return text === "" || isNaN(text) ? text : Number(text);
  };
  const compare = (a, b) => typeof a === "number" && typeof b === "number" ? a - b : String(a).localeCompare(String(b));

  // Cells without a value stay last, whichever way the others go.
  function sort(head, direction) {
    const table = head.closest("table"), body = table.tBodies[0];
    const sign = direction === "descending" ? -1 : 1;
    const keyed = [...body.rows].map(row => [valueOf(row, head.cellIndex), row]);
    keyed.sort(([a], [b]) => a === "" || b === "" ? (a === "") - (b === "") : sign * compare(a, b));
    body.append(...keyed.map(([, row]) => row));
    for (const other of table.tHead.querySelectorAll("[aria-sort]")) other.setAttribute("aria-sort", "none");
    head.setAttribute("aria-sort", direction);
  }

  for (const button of document.querySelectorAll("table.sortable thead button")) {
    button.addEventListener("click", () => {
      const head = button.closest("th"), now = head.getAttribute("aria-sort");
      const first = head.dataset.first ?? "ascending", second = first === "ascending" ? "descending" : "ascending";
      sort(head, now === first ? second : first);
    });
  }

  // The address can ask for a view: #sort=parameters, #sort=-score, #theme=dark, joined by &.
  function follow() {
    const asked = new URLSearchParams(location.hash.slice(1));
    const key = asked.get("sort"), theme = asked.get("theme");
    if (key) {
      const head = document.querySelector(`th[data-key="${CSS.escape(key.replace(/^-/, ""))}"]`);
      if (head) sort(head, key.startsWith("-") ? "descending" : "ascending");
    }
    if (theme === "dark" || theme === "light") root.dataset.theme = theme;
  }
  addEventListener("hashchange", follow);
  follow();

  document.getElementById("theme").addEventListener("click", () => {
    const now = root.dataset.theme ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
    root.dataset.theme = now === "dark" ? "light" : "dark";
  });

  const copy = document.getElementById("copy");
  copy.addEventListener("click", async () => {
    const code = document.getElementById("command");
    try {
      await navigator.clipboard.writeText(code.textContent);
      copy.textContent = "Copied";
    } catch {
      getSelection().selectAllChildren(code);
    }
  });

  for (const plot of document.querySelectorAll("#scores .plot")) {
    const dots = [...plot.querySelectorAll(".dot")];
    const show = key => {
      plot.classList.toggle("pointed", key !== undefined);
      for (const dot of dots) dot.classList.toggle("same", key !== undefined && dot.dataset.key === key);
    };
    plot.addEventListener("pointerover", event => show(event.target.dataset?.key));
    plot.addEventListener("pointerleave", () => show(undefined));
  }

  let closed = [];
  addEventListener("beforeprint", () => {
    closed = [...document.querySelectorAll("details:not([open])")].filter(one => !one.querySelector("#runs"));
    for (const one of closed) one.open = true;
  });
  addEventListener("afterprint", () => { for (const one of closed) one.open = false; });

  root.dataset.ready = "true";
})();
"""
