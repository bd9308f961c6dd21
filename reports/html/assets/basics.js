"use strict";
// What everything below uses: the data, making elements, and words for figures. All text is set as text, never as markup.
const data = JSON.parse(document.getElementById("head").textContent);
const STATUSES = {
  failed: { mark: "✕", words: "failed", meaning: "the platform did not do what it promises" },
  broken: { mark: "!", words: "broken", meaning: "the scenario itself went wrong, so nobody knows what the platform did" },
  "not run": { mark: "○", words: "not run", meaning: "it was selected and never ran" },
  passed: { mark: "✓", words: "passed", meaning: "the platform did what it promises" },
  skipped: { mark: "–", words: "not checked", meaning: "it cannot run here; a skip never counts as a pass" },
};
const WEIGHTS = {
  blocks: { words: "Blocks the release", short: "blocks" },
  warns: { words: "Warns", short: "warns" },
  informs: { words: "Informs", short: "informs" },
  quarantined: { words: "In quarantine", short: "quarantined" },
};
const PRIORITIES = { p0: "P0 blocks a release", p1: "P1 warns", p2: "P2 informs" };
const RINGS = { 1: "Ring 1: parts on their own", 2: "Ring 2: services together", 3: "Ring 3: the whole platform", "": "Across the rings" };
const PAST = { p: ["✓", "passed"], x: ["↻", "passed at a further attempt"], f: ["✕", "failed"], s: ["–", "not checked"], "-": ["·", "not in this run"] };
const BAD = new Set(["failed", "broken", "not run"]);
const scenarios = data.scenarios;
const EMPTY = { row: "", weight: "", priority: "", ring: "", seconds: 0, tags: [], nodes: [], past: "", said: "", feature: -1 };
const derivations = [];
/** What follows from the data: made now, and again when a run that goes on brings more of it. */
function derived(make) {
  derivations.push(make);
  make();
}
/** Whether what is shown is only brought up to date, so that nobody has to be told. */
let refreshing = false;
/** What a run that goes on adds to the page; nothing to that of one that is over. */
const live = { on: false, card: () => null, mark: () => null, ahead: () => 0 };
let real;
let byId;
derived(() => {
  scenarios.forEach((scenario, number) => {
    // what is empty is not in the file
    for (const [name, value] of Object.entries(EMPTY)) scenario[name] ??= value;
    scenario.number = number;
    scenario.platform = data.features[scenario.feature]?.platform || "";
  });
  // without what only stands for something that went wrong around scenarios
  real = scenarios.filter((one) => !one.around);
  byId = new Map(scenarios.map((scenario) => [scenario.id, scenario]));
});

/** An element; attributes that are null or false are left out, those that begin with "on" are listeners. */
function h(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (name === "style") Object.assign(made.style, value);
    else made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false && child !== ""));
  return made;
}

/** An element of a drawing. */
function svg(tag, attributes = {}, ...children) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) if (value !== null && value !== false) made.setAttribute(name, value);
  made.append(...children.flat().filter((child) => child !== null));
  return made;
}

const blocks = new Map();
/** The details of a scenario, read when they are first looked at. */
function detailsOf(scenario) {
  if (live.on) return unpacked(data.details[scenario.number]);
  const number = Math.floor(scenario.number / data.block);
  if (!blocks.has(number)) blocks.set(number, JSON.parse(document.getElementById(`block-${number}`).textContent).map(unpacked));
  return blocks.get(number)[scenario.number % data.block];
}

function unpacked(details) {
  const steps = (details.steps || []).map(([s, status, at, seconds, more]) => ({ s, status: data.groups[status], at: at ?? undefined, seconds: seconds || 0, ...more }));
  return { description: "", catches: [], parameters: [], events: [], crossed: {}, ...details, steps };
}

function took(seconds) {
  if (seconds < 0.0005) return "0 s";
  if (seconds < 1) return `${Math.round(seconds * 1000)} ms`;
  if (seconds < 100) return `${seconds.toFixed(1)} s`;
  const minutes = Math.floor(seconds / 60);
  return minutes < 60 ? `${minutes} min ${Math.round(seconds % 60)} s` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

function day(unix) {
  return unix ? new Date(unix * 1000).toLocaleString(undefined, { dateStyle: "medium", timeStyle: "short" }) : "at an unknown time";
}

function count(number, one, more) {
  return `${number.toLocaleString()} ${number === 1 ? one : more}`;
}

function mark(status) {
  const known = STATUSES[status];
  return h("span", { class: `mark ${status.replace(" ", "-")}`, "aria-hidden": "true" }, known.mark);
}

/** For people who do not see marks and colours. */
function unseen(text) {
  return h("span", { class: "unseen" }, text);
}

function tally(list, key) {
  const counts = new Map();
  for (const one of list) counts.set(key(one), (counts.get(key(one)) || 0) + 1);
  return counts;
}

function grouped(list, key) {
  const groups = new Map();
  for (const one of list) {
    const group = groups.get(key(one));
    if (group) group.push(one);
    else groups.set(key(one), [one]);
  }
  return groups;
}

function tell(text) {
  document.getElementById("live").textContent = text;
}

/** A button that copies a text, and says that it did. */
function copyButton(text, label) {
  return h("button", {
    type: "button",
    class: "button quiet",
    onclick: async (event) => {
      const button = event.currentTarget;
      try {
        await navigator.clipboard.writeText(text);
      } catch {
        const area = h("textarea", {}, text);
        document.body.append(area);
        area.select();
        document.execCommand("copy");
        area.remove();
        button.focus();
      }
      button.textContent = "Copied";
      tell("Copied");
    },
  }, label);
}

function command(text) {
  return h("div", { class: "command" }, h("code", {}, text.split(/(?<=\/)/).flatMap((part, number) => (number ? [h("wbr"), part] : [part]))), copyButton(text, "Copy"));
}

/** A bar of parts, each as wide as its share: [[status, number]]; `ahead` leaves room for what is still to come. */
function shares(parts, label, ahead = 0) {
  const whole = parts.reduce((sum, [, number]) => sum + number, ahead);
  const shown = parts.filter(([, number]) => number);
  const words = shown.map(([status, number]) => `${number} ${STATUSES[status].words}`).join(", ");
  return h("div", { class: "shares", role: "img", "aria-label": `${label}: ${words || "nothing"}` },
    shown.map(([status, number]) => h("span", { class: status.replace(" ", "-"), style: { flexGrow: number / whole } })),
    ahead ? h("span", { class: "ahead", style: { flexGrow: ahead / whole } }) : null);
}

/** A scenario's name, and which row of Examples it is. */
function nameOf(scenario) {
  return [scenario.name, scenario.row ? h("span", { class: "row-name" }, ` · ${scenario.row}`) : null];
}

function countsOf(list) {
  const counts = tally(list, (one) => one.status);
  return Object.keys(STATUSES).map((status) => [status, counts.get(status) || 0]);
}
