"""The page's style: one set of names for colours, with values for light and for dark."""

_LIGHT = """
  --paper: #fbfbfa; --card: #ffffff; --ink: #1b1e24; --soft: #5a6270; --rule: #e4e5e8; --ghost: #d3d6db;
  --grid: #eceded; --heat: #225487; --on-weak: #1b1e24; --on-mid: #000000; --on-strong: #ffffff;
  --accent-2: #9dbbdd; --accent-3: #d3dbe4;
  --graph: #2565ae; --higher: #bf4f10; --other: #6c50b8; --accent: #4c7fb8; --tint: #eef3f9; --warn: #9a4a00;
  --warn-tint: #fdf3e4;
"""
_DARK = """
  --paper: #131519; --card: #1a1d23; --ink: #e9eaee; --soft: #a2a9b6; --rule: #2d323b; --ghost: #3d434e;
  --grid: #282c34; --heat: #8fbdf0; --on-weak: #ffffff; --on-mid: #000000; --on-strong: #000000;
  --accent-2: #3f6288; --accent-3: #39424f;
  --graph: #74aef0; --higher: #f59a62; --other: #b7a3f7; --accent: #6c9fd8; --tint: #1c2633; --warn: #f4b56a;
  --warn-tint: #2b2318;
"""

STYLE = (
    ":root { color-scheme: light dark; " + _LIGHT + "}\n"
    "@media (prefers-color-scheme: dark) { :root:not([data-theme=light]) { " + _DARK + "} }\n"
    ":root[data-theme=dark] { color-scheme: dark; " + _DARK + "}\n"
    ":root[data-theme=light] { color-scheme: light; }\n"
    "@media print { :root, :root[data-theme=dark], :root:not([data-theme=light]) { color-scheme: light; "
    + _LIGHT
    + "} }\n"
    """
* { box-sizing: border-box; }
html { scroll-behavior: smooth; -webkit-text-size-adjust: 100%; }
body { margin: 0; background: var(--paper); color: var(--ink);
  font: 15px/1.55 system-ui, "Segoe UI", "Helvetica Neue", "Liberation Sans", Arial, sans-serif; }
header, main { max-width: 1120px; margin: 0 auto; padding: 0 28px; }
header { padding-top: 20px; }
main { padding-bottom: 80px; }
.top { display: flex; justify-content: space-between; align-items: center; }
.brand { font-weight: 650; letter-spacing: -0.01em; }
.dim { color: var(--soft); font-weight: 400; }
h1 { font-size: 31px; line-height: 1.2; letter-spacing: -0.022em; font-weight: 680; margin: 34px 0 6px;
  overflow-wrap: anywhere; }
h2 { font-size: 20px; letter-spacing: -0.012em; font-weight: 660; margin: 0 0 6px; }
h3 { font-size: 14px; font-weight: 620; margin: 20px 0 8px; }
.holds { margin: 0 0 4px; color: var(--soft); overflow-wrap: anywhere;
  font: 13px/1.6 ui-monospace, "SF Mono", "DejaVu Sans Mono", Menlo, Consolas, monospace; }
section { margin-top: 56px; scroll-margin-top: 60px; }
.meta { color: var(--soft); margin: 0; display: flex; flex-wrap: wrap; gap: 4px 20px;
  font-variant-numeric: tabular-nums; }
.answer { margin: 26px 0 22px; padding: 2px 0 2px 20px; border-left: 3px solid var(--accent); max-width: 86ch; }
.answer p { margin: 6px 0; color: var(--soft); overflow-wrap: anywhere; }
.answer p b { color: var(--ink); font-weight: 620; }
.answer p.headline { font-size: 20px; line-height: 1.4; letter-spacing: -0.01em; color: var(--ink); }
.banner { background: var(--warn-tint); color: var(--warn); padding: 9px 14px; border-radius: 8px; margin: 16px 0 0; }
nav { display: flex; flex-wrap: wrap; gap: 4px 20px; border-top: 1px solid var(--rule);
  border-bottom: 1px solid var(--rule); padding: 9px 0; }
nav a { color: var(--soft); text-decoration: none; }
nav a:hover { color: var(--ink); text-decoration: underline; text-underline-offset: 4px; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; border-radius: 3px; }
button { font: inherit; color: inherit; background: none; border: 0; padding: 0; cursor: pointer; }
#theme, #copy { font-size: 13px; color: var(--soft); border: 1px solid var(--rule); border-radius: 7px;
  padding: 3px 11px; background: var(--card); }
#theme:hover, #copy:hover { color: var(--ink); border-color: var(--soft); }
.note { color: var(--soft); font-size: 13.5px; max-width: 96ch; margin: 6px 0 12px; }
.scroll { overflow-x: auto; position: relative; }
.card, figure { background: var(--card); border: 1px solid var(--rule); border-radius: 10px; }
.card { padding: 14px 18px; margin: 0 0 12px; }
.grid-of { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(310px, 100%), 1fr)); gap: 14px;
  align-items: stretch; }
.panels { grid-template-columns: repeat(auto-fill, minmax(255px, 1fr)); }
.panels.alone { grid-template-columns: repeat(auto-fill, minmax(min(330px, 100%), 1fr)); }
.broad { grid-template-columns: repeat(auto-fit, minmax(min(420px, 100%), 1fr)); }
.pictures { grid-template-columns: repeat(auto-fill, minmax(255px, 1fr)); margin-bottom: 14px; }
figure { margin: 0; padding: 12px 14px; min-width: 0; }
figcaption { font-size: 13px; color: var(--soft); margin-bottom: 8px; overflow-wrap: anywhere; }
.picture figcaption { margin: 8px 0 0; text-align: center; }
.picture { display: flex; flex-direction: column; justify-content: space-between; }
.picture svg { display: block; width: 100%; max-width: 330px; margin: auto; }

.legend { list-style: none; display: flex; flex-wrap: wrap; gap: 4px 20px; padding: 0; margin: 8px 0 10px;
  color: var(--soft); font-size: 13.5px; }
.k-graph { --tone: var(--graph); } .k-higher { --tone: var(--higher); } .k-other { --tone: var(--other); }
.chip { display: inline-block; width: 9px; height: 9px; margin-right: 9px; background: var(--tone); }
.chip.graph { border-radius: 50%; } .chip.higher { transform: rotate(45deg); }

table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { text-align: right; padding: 9px 12px; border-bottom: 1px solid var(--rule); font-weight: 400;
  white-space: nowrap; vertical-align: middle; }
th:first-child, td:first-child { padding-left: 8px; }
thead th { color: var(--soft); font-size: 13px; vertical-align: bottom; border-bottom-color: var(--soft); }
thead th button:hover { color: var(--ink); }
thead th button { position: relative; }
thead th button::after { position: absolute; left: 100%; padding-left: 1px; }
th[aria-sort=ascending] button, th[aria-sort=descending] button { color: var(--ink); font-weight: 600; }
th[aria-sort=ascending] button::after { content: "↑"; }
th[aria-sort=descending] button::after { content: "↓"; }
th[scope=row], th[data-key=model], th[data-key=run-model], #runs td:first-child { text-align: left; }
#board th[scope=row] { white-space: normal; min-width: 210px; font-weight: 620; }
#board td:first-child { color: var(--soft); }
#board tr.best { background: var(--tint); }
#board tbody tr:hover { box-shadow: inset 3px 0 0 var(--tone); }
td.score { font-weight: 620; }
td.chart, th.chart { padding: 0 4px; width: 210px; min-width: 190px; }
td.chart svg, th.chart svg { display: block; width: 100%; }
.badge { font-size: 11px; font-weight: 560; color: var(--accent); border: 1px solid currentColor;
  border-radius: 20px; padding: 1px 8px; margin-left: 7px; white-space: nowrap; }
.lift { display: block; font-size: 12.5px; font-weight: 400; color: var(--soft); margin-left: 18px; }
summary .lift { display: inline; }
.warning { font-size: 12.5px; font-weight: 400; color: var(--warn); margin: 3px 0 0 18px; max-width: 40ch; }
table.plain th, table.plain td { padding: 6px 10px; }
table.plain thead th { border-bottom-color: var(--rule); }
table.plain tr:last-child td, table.plain tr:last-child th { border-bottom: 0; }

.plot, .key { display: block; width: 100%; height: auto; overflow: visible; }
.plot text, .key text { font-size: 12px; fill: var(--soft); text-anchor: middle; font-variant-numeric: tabular-nums; }
.plot text { pointer-events: none; }
.plot text.start { text-anchor: start; } .plot text.end { text-anchor: end; }
.plot text.name { fill: var(--ink); paint-order: stroke; stroke: var(--card); stroke-width: 3px; }
  .plot text.strong { font-weight: 620; font-size: 13px; }
.plot .grid { stroke: var(--grid); } .plot .axis { stroke: var(--rule); }
.plot .dot { fill: var(--tone); fill-opacity: 0.8; stroke: var(--card); stroke-width: 0.8; }
.plot .dot.same { fill-opacity: 1; stroke: var(--ink); stroke-width: 2; }
.plot.pointed .dot:not(.same) { fill-opacity: 0.25; }
.plot .whisker { stroke: var(--tone); stroke-width: 3; stroke-linecap: round; opacity: 0.42; }
.plot .whisker.thin { stroke-width: 1.6; }
.plot .mean { stroke: var(--tone); stroke-width: 2.2; }
.plot .reference { stroke: var(--soft); stroke-dasharray: 4 4; }
.plot .front { fill: none; stroke: var(--soft); stroke-width: 1.1; stroke-dasharray: 2 3; }
.line { fill: none; stroke: var(--tone); stroke-width: 2; stroke-linejoin: round; }
.plot .band { fill: var(--tone); opacity: 0.16; }
.plot .kept { stroke: var(--tone); stroke-width: 1.4; opacity: 0.6; }
.plot use.context { --tone: var(--ghost); }
.plot .bar { opacity: 0.9; }
.plot .bar.whole { stroke: var(--tone); stroke-width: 3; stroke-linecap: round; } .plot .tip { fill: var(--tone); }
.plot text.strong[class*=k-] { fill: var(--tone); }
.plot .dot.small-one { fill-opacity: 0.62; stroke-width: 0.5; }
.picture .way { fill: none; stroke: var(--higher); stroke-width: 3; stroke-linejoin: round; stroke-linecap: round; }
.picture .way.ending { stroke: var(--other); stroke-width: 2.2; stroke-dasharray: 4 4; }
.picture .piece { fill: var(--graph); } .picture .rest { fill: var(--soft); fill-opacity: 0.5; }
.picture .thin { fill: none; stroke: var(--soft); stroke-opacity: 0.35; stroke-width: 0.8; }
.picture .spot { fill: none; stroke: var(--higher); stroke-width: 2; } .picture .spot.ending { stroke: var(--other); }
.picture image { image-rendering: pixelated; }

.plot .heat { fill: var(--heat); } .plot .outline { fill: none; stroke: var(--soft); stroke-opacity: 0.45; }
.plot .frame { fill: none; stroke: var(--rule); }
.plot text.weak { fill: var(--on-weak); } .plot text.mid { fill: var(--on-mid); font-weight: 620; }
.plot text.strong-one { fill: var(--on-strong); font-weight: 620; }
.plot .up { fill: var(--tone); } .plot .down { fill: var(--ghost); } .plot .wrong { fill: var(--ghost); }
.plot .box { fill: var(--tone); fill-opacity: 0.55; } .plot .dot.small { fill-opacity: 0.5; stroke-width: 0.4; }
.line.faint { stroke-width: 1.2; opacity: 0.55; }
.plot .cursor { fill: var(--tone, var(--ink)); stroke: var(--card); stroke-width: 1.4; visibility: hidden; }
.plot .cursor.on { visibility: visible; }
.plot .mark.current:not(.line) { stroke: var(--ink); stroke-width: 2; fill-opacity: 1; }
.plot[tabindex]:focus-visible { outline-offset: 4px; }
.off { opacity: 0.08; } figure.off, details.off { display: none; }

#tip { position: fixed; z-index: 9; max-width: 320px; padding: 5px 10px; border-radius: 7px; font-size: 13px;
  line-height: 1.4; background: var(--ink); color: var(--paper); pointer-events: none; visibility: hidden;
  font-variant-numeric: tabular-nums; overflow-wrap: anywhere; }
#tip.on { visibility: visible; }
.toggles { display: flex; flex-wrap: wrap; gap: 6px; align-items: center; margin-top: 40px; padding: 10px 0;
  font-size: 13px; background: var(--paper); }
.toggles[hidden] { display: none; }
.toggles.few { position: sticky; top: 0; z-index: 3; }
.toggles + section { margin-top: 24px; }
.toggles button { border: 1px solid var(--rule); border-radius: 20px; padding: 2px 11px; background: var(--card);
  max-width: 260px; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.toggles button:hover { border-color: var(--soft); }
.toggles button[aria-pressed=false] { color: var(--soft); background: none; text-decoration: line-through; }
.toggles button[aria-pressed=false] .chip { background: var(--ghost); }
.toggles .chip { margin-right: 7px; }
.behind { margin-top: 8px; font-size: 13px; } .behind > summary { color: var(--soft); }
.behind > summary:hover { color: var(--ink); }
.behind table { width: auto; margin-top: 4px; } .behind .scroll { max-height: 340px; overflow: auto; }
table.plain.plain th[scope=row] { text-align: left; }
.behind th, .behind td { max-width: 320px; overflow: hidden; text-overflow: ellipsis; }
.pair { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(320px, 100%), 1fr)); gap: 8px 34px; }
.pair > div { min-width: 0; } .pair h3 { margin-top: 8px; } .pair .plot { max-width: 430px; }
.aside { font-size: 13px; font-weight: 400; letter-spacing: 0; color: var(--soft); }

.facts, .options { display: flex; flex-wrap: wrap; gap: 14px 34px; margin: 12px 0 18px; }
.facts dt, .options dt { font-size: 12.5px; color: var(--soft); }
.facts dd, .options dd { margin: 0; overflow-wrap: anywhere; }
.facts dd { font-size: 20px; font-weight: 620; letter-spacing: -0.01em; font-variant-numeric: tabular-nums; }
.options { gap: 8px 28px; }
summary { cursor: pointer; }
summary > * { vertical-align: baseline; }
details[open] > summary { margin-bottom: 10px; }
pre { margin: 0; font: 13.5px/1.65 ui-monospace, "SF Mono", "DejaVu Sans Mono", Menlo, Consolas, monospace;
  overflow-x: auto; }
code { font: 13px ui-monospace, "SF Mono", "DejaVu Sans Mono", Menlo, Consolas, monospace; }
.equations { background: var(--tint); border-radius: 8px; padding: 11px 14px; }
.diagram svg { display: block; max-width: 100%; height: auto; margin: 12px 0; }
.diagram svg text { fill: var(--ink); } .diagram svg circle + text { fill: #fff; }
.diagram svg path[stroke], .diagram svg line { stroke: var(--soft); } .diagram svg marker path { fill: var(--soft); }
.failures { padding-left: 20px; color: var(--warn); overflow-wrap: anywhere; } .failures b { color: var(--ink); }
.command { display: flex; gap: 12px; align-items: flex-start; background: var(--tint); border-radius: 10px;
  padding: 12px 14px; margin: 8px 0 14px; }
.command pre { flex: 1; white-space: pre-wrap; overflow-wrap: anywhere; }
.hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }

@media (max-width: 640px) { header, main { padding-left: 16px; padding-right: 16px; } h1 { font-size: 25px; }
  #scores .plot { min-width: 820px; } }
@media (prefers-reduced-motion: reduce) { html { scroll-behavior: auto; } }
@media print {
  body { font-size: 11.5px; background: #fff; } header, main { max-width: none; padding: 0; }
  main { padding-bottom: 0; }
  nav, #theme, #copy, .toggles, .behind:not([open]), #tip { display: none; }
  section { margin-top: 26px; } .scroll { overflow: visible; }
  figure, tr, .card, .answer, .facts { break-inside: avoid; } h2, h3, .note:has(+ *), .facts { break-after: avoid; }
  .pair { grid-template-columns: 1fr 1fr; } .pair .plot { max-height: 230px; }
  .note, .legend, .behind, .lift { font-size: 10.5px; }
  th, td { padding: 5px 6px; } td.chart, th.chart { width: 130px; min-width: 110px; }
  #board th[scope=row] { min-width: 130px; }
  .grid-of { grid-template-columns: repeat(2, 1fr); }
  .grid-of.panels, .grid-of.broad { grid-template-columns: repeat(auto-fit, minmax(min(420px, 100%), 1fr)); }
.pictures { grid-template-columns: repeat(3, 1fr); }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
}
"""
)
