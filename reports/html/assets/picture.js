"use strict";
// The platform: its services by what stands on what, its queues, and what else evidence speaks of; what was crossed is lit up.
/** Of a service that keeps it in a file, so that it is no service itself. */
const DATABASE = "database";
const BOX = { width: 148, height: 46, right: 66, down: 16, title: 26 };

function showPlatform() {
  const crossing = new Map(data.nodes.map((name, number) => [name, scenarios.filter((one) => one.nodes.includes(number))]));
  const counts = new Map([...crossing].map(([name, list]) => [name, list.length]));
  // everything touches the backend: what half of its scenarios failed with is worth a look
  const failed = new Set([...crossing].filter(([, list]) => list.filter((one) => BAD.has(one.status)).length * 2 >= list.length && list.length).map(([name]) => name));
  const link = (name) => (counts.has(name) ? linkTo("scenarios", { service: name }) : null);
  const known = new Set([...Object.keys(data.services), ...data.nodes]);
  if (!known.size) return [h("h1", {}, "Platform"), h("p", { class: "empty" }, "No platform ran, or no scenario left evidence of one.")];
  return [
    h("h1", {}, "Platform"),
    h("p", { class: "note" }, "What scenarios used is lit up: what they asked themselves, what a service says it asked to answer them, and what a log tells of them. Of the rest there is no evidence. Red is what at least half of its scenarios failed with."),
    h("section", { class: "card wide" }, platformPicture(counts, failed, "scenario", "scenarios", link)),
    h("section", { class: "card wide" }, h("h2", {}, "In figures"), h("table", {},
      h("thead", {}, h("tr", {}, ["Part", "Scenarios", "Outcome"].map((name) => h("th", { scope: "col" }, name)))),
      h("tbody", {}, [...known].sort((a, b) => (counts.get(b) || 0) - (counts.get(a) || 0)).map((name) => h("tr", {},
        h("th", { scope: "row" }, link(name) ? h("a", { href: link(name) }, title(name)) : title(name)),
        h("td", { class: "figure" }, String(counts.get(name) || 0)),
        h("td", { class: "wide" }, crossing.has(name) ? shares(countsOf(crossing.get(name)), title(name)) : h("span", { class: "note" }, "no evidence"))))))),
  ];
}

function title(name) {
  return name.replaceAll("_", " ");
}

/** How many services stand below a service. */
function depth(name, seen = []) {
  const below = (data.services[name] || []).filter((one) => !seen.includes(one));
  return below.length ? 1 + Math.max(...below.map((one) => depth(one, [...seen, name]))) : 0;
}

/** Columns with a title: who acts, services from the top down to what all stand on, queues. */
function columns() {
  const names = Object.keys(data.services);
  const deepest = Math.max(0, ...names.map((name) => depth(name)));
  const rest = data.nodes.filter((name) => !names.includes(name));
  const groups = rest.filter((name) => !name.startsWith("queue ") && !["pods", "client library", DATABASE].includes(name));
  const made = [["", ["the scenario", ...rest.filter((name) => name === "client library")]]];
  for (let level = deepest; level >= 0; level -= 1) {
    const added = level === deepest ? [...groups, ...rest.filter((name) => name === "pods")] : [];
    const own = level === 0 ? rest.filter((name) => name === DATABASE) : [];
    made.push([level === deepest ? "Services" : "which stand on", [...names.filter((name) => depth(name) === level), ...added, ...own]]);
  }
  made.push(["Queues", rest.filter((name) => name.startsWith("queue "))]);
  return made.filter(([, column]) => column.length);
}

function platformPicture(counts, failed, one, more, link) {
  const made = columns();
  const tallest = Math.max(...made.map(([, column]) => column.length));
  const size = { width: made.length * (BOX.width + BOX.right) - BOX.right + 4, height: tallest * (BOX.height + BOX.down) - BOX.down + 4 + BOX.title };
  const at = new Map();
  made.forEach(([, column], x) => column.forEach((name, y) => at.set(name, {
    x: 2 + x * (BOX.width + BOX.right),
    y: 2 + BOX.title + (y + (tallest - column.length) / 2) * (BOX.height + BOX.down),
  })));
  const lines = [];
  for (const [name, below] of Object.entries(data.services)) for (const other of below) if (at.has(other)) lines.push(curve(at.get(name), at.get(other), "stands"));
  // lines to what is further away would run through the boxes between; being lit up says enough
  for (const name of [...made[0][1].slice(1), ...(made[1]?.[1] || [])]) {
    if (counts.has(name)) lines.push(curve(at.get("the scenario"), at.get(name), failed.has(name) ? "crossed bad" : "crossed"));
  }
  const titles = made.map(([words], x) => svg("text", { class: "column", x: 2 + x * (BOX.width + BOX.right) + BOX.width / 2, y: 14 }, document.createTextNode(words)));
  const boxes = [...at].map(([name, place]) => box(name, place, counts.get(name), failed.has(name), one, more, link(name)));
  const said = [...counts].map(([name, number]) => `${title(name)} ${count(number, one, more)}`).join(", ");
  return h("div", { class: "scroller picture", tabindex: "0", role: "region", "aria-label": "Picture of the platform" },
    svg("svg", { viewBox: `0 0 ${size.width} ${size.height}`, width: size.width, height: size.height, role: "group", "aria-label": `Crossed: ${said || "nothing"}` }, titles, lines, boxes));
}

function curve(from, to, kind) {
  if (from === to) return null;
  const [x1, y1, y2] = [from.x + BOX.width, from.y + BOX.height / 2, to.y + BOX.height / 2];
  const x2 = to.x;
  if (x2 <= from.x) return svg("path", { class: `edge ${kind}`, d: `M${from.x + BOX.width / 2},${from.y + BOX.height} L${to.x + BOX.width / 2},${to.y}` });
  const bend = Math.max(30, (x2 - x1) / 2);
  return svg("path", { class: `edge ${kind}`, d: `M${x1},${y1} C${x1 + bend},${y1} ${x2 - bend},${y2} ${x2},${y2}` });
}

function box(name, place, times, bad, one, more, href) {
  const queue = name.startsWith("queue ");
  const lit = times || name === "the scenario";
  const shown = title(name.replace(/^queue /, ""));
  const parts = [
    svg("rect", { x: place.x, y: place.y, width: BOX.width, height: BOX.height, rx: queue ? BOX.height / 2 : 8 }),
    svg("text", { x: place.x + BOX.width / 2, y: place.y + (times ? 20 : 28) }, document.createTextNode(shown.length > 20 ? `${shown.slice(0, 19)}…` : shown)),
    times ? svg("text", { class: "small", x: place.x + BOX.width / 2, y: place.y + 36 }, document.createTextNode(count(times, one, more))) : null,
  ];
  const kind = `box ${lit ? "lit" : "dark"} ${bad ? "bad" : ""} ${queue ? "queue" : ""} ${name === "the scenario" ? "start" : ""}`;
  if (!href) return svg("g", { class: kind }, svg("title", {}, document.createTextNode(shown)), parts);
  return svg("a", { class: kind, href, "aria-label": `${shown}: ${times ? count(times, one, more) : "dark"}` }, parts);
}
