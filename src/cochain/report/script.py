"""The page's script: tables that sort, the theme, charts that are read by pointer and keyboard, models to hide.

Without it the page still shows all.
"""

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
  copy?.addEventListener("click", async () => {
    const code = document.getElementById("command");
    try {
      await navigator.clipboard.writeText(code.textContent);
      copy.textContent = "Copied";
    } catch {
      getSelection().selectAllChildren(code);
    }
  });

  // One place for what a mark says, to a pointer, to the keyboard and to screen readers.
  const tip = document.body.appendChild(document.createElement("div"));
  tip.id = "tip";
  tip.setAttribute("role", "status");
  function say(text, box) {
    tip.textContent = text;
    tip.classList.add("on");
    const { width, height } = tip.getBoundingClientRect(), middle = box.left + box.width / 2;
    tip.style.left = Math.max(8, Math.min(middle - width / 2, root.clientWidth - width - 8)) + "px";
    tip.style.top = (box.top - height - 9 > 4 ? box.top - height - 9 : box.bottom + 9) + "px";
  }
  const hush = () => tip.classList.remove("on");
  const step = (key, place, count) => ({
    ArrowRight: place + 1, ArrowDown: place + 1, ArrowLeft: place - 1, ArrowUp: place - 1, Home: 0, End: count - 1,
  })[key];
  const within = (place, count) => Math.max(0, Math.min(count - 1, place));

  // Every chart is one stop of the Tab key; arrows go from mark to mark, Escape puts the read-out away.
  function readMarks(plot, marks) {
    let place = -1;
    const scores = plot.closest("#scores") !== null;
    const show = now => {
      marks[place]?.classList.remove("current");
      place = now;
      const key = scores ? marks[place]?.dataset.key : undefined;
      plot.classList.toggle("pointed", key !== undefined);
      for (const mark of marks) mark.classList.toggle("same", key !== undefined && mark.dataset.key === key);
      if (place < 0) return hush();
      marks[place].classList.add("current");
      say(marks[place].dataset.tip, marks[place].getBoundingClientRect());
    };
    plot.addEventListener("pointerover", event => {
      const mark = event.target.closest(".mark");
      show(mark && !mark.closest(".off") ? marks.indexOf(mark) : -1);
    });
    plot.addEventListener("pointerleave", () => show(-1));
    plot.addEventListener("blur", () => show(-1));
    plot.addEventListener("keydown", event => {
      if (event.key === "Escape") return show(-1);
      const next = step(event.key, place, marks.length);
      if (next === undefined) return;
      event.preventDefault();
      show(within(next, marks.length));
    });
  }

  // A learning curve is read off its line: the nearest epoch, in all panels of the group at once.
  function readCurve(plot, reading) {
    const line = plot.querySelector("path.line"), dot = reading.querySelector(".cursor");
    const [x0, x1, xs, xe] = reading.dataset.x.split(" ").map(Number);
    const [y0, y1, ys, ye, logarithmic, factor] = reading.dataset.y.split(" ").map(Number);
    const points = line.getAttribute("d").slice(1).split("L").map(pair => pair.split(" ").map(Number));
    const name = plot.querySelector("text.strong").textContent;
    const epochOf = x => Math.round(x0 + (x - xs) / (xe - xs) * (x1 - x0));
    const valueOf = y => {
      const t = (y - ys) / (ye - ys);
      return factor * (logarithmic ? y0 * (y1 / y0) ** t : y0 + t * (y1 - y0));
    };
    reading.classList.add(...line.parentNode.classList);
    const near = epoch => {
      const at = points.map(([x]) => Math.abs(epochOf(x) - epoch));
      return at.indexOf(Math.min(...at));
    };
    return {
      points, near, epoch: place => epochOf(points[place][0]), epochAt: epochOf,
      mark: place => {
        dot.classList.toggle("on", place >= 0);
        if (place < 0) return;
        dot.setAttribute("cx", points[place][0]);
        dot.setAttribute("cy", points[place][1]);
      },
      say: place => {
        const text = `${name}, epoch ${epochOf(points[place][0])}: ${Number(valueOf(points[place][1]).toPrecision(3))}`;
        say(text, dot.getBoundingClientRect());
      },
    };
  }

  for (const group of document.querySelectorAll(".panels")) {
    const plots = [...group.querySelectorAll("svg.plot")];
    const curves = plots.map(plot => readCurve(plot, plot.querySelector(".reading")));
    const all = epoch => curves.forEach(curve => curve.mark(epoch === undefined ? -1 : curve.near(epoch)));
    plots.forEach((plot, i) => {
      const curve = curves[i];
      let place = -1;
      const show = now => {
        place = now;
        all(place < 0 ? undefined : curve.epoch(place));
        if (place < 0) hush(); else curve.say(place);
      };
      plot.tabIndex = 0;
      plot.addEventListener("pointermove", event => {
        const box = plot.getBoundingClientRect();
        show(curve.near(curve.epochAt((event.clientX - box.left) * plot.viewBox.baseVal.width / box.width)));
      });
      plot.addEventListener("pointerleave", () => show(-1));
      plot.addEventListener("blur", () => show(-1));
      plot.addEventListener("keydown", event => {
        if (event.key === "Escape") return show(-1);
        const next = step(event.key, place, curve.points.length);
        if (next === undefined) return;
        event.preventDefault();
        show(within(next, curve.points.length));
      });
    });
  }

  for (const plot of document.querySelectorAll("svg.plot")) {
    if (plot.querySelector(".reading")) continue;
    const marks = [...plot.querySelectorAll(".mark")].filter(mark => {
      const title = mark.querySelector("title");
      if (title) { mark.dataset.tip = title.textContent; title.remove(); }
      return title;
    });
    if (!marks.length) continue;
    if (!plot.closest("table")) plot.tabIndex = 0;
    readMarks(plot, marks);
  }

  // Buttons hide models from the charts; the leaderboard keeps all.
  const toggles = document.querySelector(".toggles");
  if (toggles) {
    const buttons = [...toggles.querySelectorAll("[data-toggle]")];
    const set = (button, shown) => {
      button.setAttribute("aria-pressed", shown);
      for (const each of document.querySelectorAll(`[data-model="${CSS.escape(button.dataset.toggle)}"]`))
        each.classList.toggle("off", !shown);
    };
    toggles.hidden = false;
    for (const button of buttons)
      button.addEventListener("click", () => set(button, button.getAttribute("aria-pressed") !== "true"));
    document.getElementById("all").addEventListener("click", () => buttons.forEach(button => set(button, true)));
  }

  let closed = [];
  addEventListener("beforeprint", () => {
    closed = [...document.querySelectorAll("details.card:not([open])")].filter(one => !one.querySelector("#runs"));
    for (const one of closed) one.open = true;
  });
  addEventListener("afterprint", () => { for (const one of closed) one.open = false; });

  root.dataset.ready = "true";
})();
"""
