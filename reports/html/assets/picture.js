"use strict";
// The platform: its services by what stands on what, its queues, and what else evidence speaks of; what was crossed is lit up.
/** Of a service that keeps it in a file, so that it is no service itself. */
const DATABASE = "database";
const BOX = { width: 148, height: 46, right: 66, down: 16, title: 26 };

function showPlatform() {
  const known = [...new Set([...Object.keys(data.services), ...data.nodes])];
  if (!known.length) return [h("h1", {}, "Platform"), h("p", { class: "empty" }, "No platform ran, or no scenario left evidence of one.")];
  const all = crossedBy(scenarios);
  return [
    h("h1", {}, "Platform"),
    h("p", { class: "note" }, "What scenarios used is lit up: what they asked themselves, what a service says it asked to answer them, and what a log tells of them. Of the rest there is no evidence. A part is red when at least half of the scenarios that used it failed."),
    ...byPlatform().map(([platform, names]) => pictureCard(platform, names)),
    h("section", { class: "card wide" }, h("h2", {}, "In figures"), h("table", {},
      h("thead", {}, h("tr", {}, ["Part", "Scenarios", "Outcome"].map((name) => h("th", { scope: "col", class: name === "Scenarios" ? "figure" : null }, name)))),
      h("tbody", {}, known.sort((a, b) => (all.get(b) || []).length - (all.get(a) || []).length).map((name) => h("tr", {},
        h("th", { scope: "row" }, all.has(name) ? h("a", { href: linkTo("scenarios", { service: name }) }, title(name)) : title(name)),
        h("td", { class: "figure" }, (all.get(name) || []).length.toLocaleString()),
        h("td", { class: "wide" }, all.has(name) ? shares(countsOf(all.get(name)), title(name)) : h("span", { class: "note" }, "no evidence"))))))),
  ];
}

/** The scenarios that used each part. */
function crossedBy(list) {
  const found = new Map();
  for (const one of list) {
    for (const name of one.nodes.map((number) => data.nodes[number])) {
      if (!found.has(name)) found.set(name, []);
      found.get(name).push(one);
    }
  }
  return found;
}

function pictureCard(platform, names) {
  const crossing = crossedBy(platform ? scenarios.filter((one) => one.platform === platform) : platform === null ? scenarios : []);
  const counts = new Map([...crossing].map(([name, list]) => [name, list.length]));
  // everything touches the backend: what half of its scenarios failed with is worth a look
  const failed = new Set([...crossing].filter(([, list]) => list.filter((one) => BAD.has(one.status)).length * 2 >= list.length).map(([name]) => name));
  const link = (name) => (counts.has(name) ? linkTo("scenarios", { service: name, ...(platform ? { platform } : {}) }) : null);
  if (platform === "") return h("section", { class: "card wide" }, h("h2", {}, "Without evidence"), h("p", { class: "calm" }, [...names].map(title).join(", ")));
  return h("section", { class: "card wide" }, platform === null ? null : h("h2", {}, platform),
    platformPicture(platform, names, counts, failed, "scenario", "scenarios", link));
}

function title(name) {
  return name.replaceAll("_", " ");
}

/** The parts of each platform: what its scenarios used, and the services that are tied to that; nobody's parts last. Of one platform: all parts, without a name. */
function byPlatform() {
  const platforms = [...new Set(scenarios.filter((one) => one.nodes.length && one.platform).map((one) => one.platform))];
  const all = new Set([...Object.keys(data.services), ...data.nodes]);
  if (platforms.length < 2) return [[null, all]];
  const parts = platforms.map((platform) => [platform, tiedTo(scenarios.filter((one) => one.platform === platform).flatMap((one) => one.nodes.map((number) => data.nodes[number])))]);
  const rest = new Set([...all].filter((name) => !parts.some(([, names]) => names.has(name))));
  return [...parts, ...(rest.size ? [["", rest]] : [])];
}

function tiedTo(used) {
  const found = new Set(used);
  for (let before = -1; before !== found.size;) {
    before = found.size;
    for (const [name, below] of Object.entries(data.services)) if ([name, ...below].some((one) => data.services[one] && found.has(one))) [name, ...below].forEach((one) => found.add(one));
  }
  return found;
}

/** How many services stand below a service. */
function depth(name, seen = []) {
  const below = (data.services[name] || []).filter((one) => !seen.includes(one));
  return below.length ? 1 + Math.max(...below.map((one) => depth(one, [...seen, name]))) : 0;
}

/** Columns with a title: who acts, services from the top down to what all stand on, queues. */
function columns(shown) {
  const names = Object.keys(data.services).filter((name) => shown.has(name));
  const deepest = Math.max(0, ...names.map((name) => depth(name)));
  const rest = data.nodes.filter((name) => shown.has(name) && !names.includes(name));
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

function platformPicture(platform, shown, counts, failed, one, more, link) {
  const made = columns(shown);
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
    if (counts.has(name) && data.direct.includes(name)) lines.push(curve(at.get("the scenario"), at.get(name), failed.has(name) ? "crossed bad" : "crossed"));
  }
  const titles = made.map(([words], x) => svg("text", { class: "column", x: 2 + x * (BOX.width + BOX.right) + BOX.width / 2, y: 14 }, document.createTextNode(words)));
  const boxes = [...at].map(([name, place]) => box(name, place, counts.get(name), failed.has(name), one, more, link(name)));
  const said = [...counts].filter(([name]) => shown.has(name)).map(([name, number]) => `${title(name)} ${count(number, one, more)}`).join(", ");
  return h("div", { class: "scroller picture", tabindex: "0", role: "region", "aria-label": `Picture of ${platform || "the platform"}` },
    h("p", { class: "note sideways" }, "Wider than the screen: move it sideways."),
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
