"use strict";
// What is shown stands in the address, so that each state has a link: #<view>/<id>?<filter>=<value>&...
const VIEWS = { overview: "Overview", scenarios: "Scenarios", platform: "Platform", trends: "Trends" };
const FILTERS = ["q", "status", "platform", "ring", "priority", "tag", "service", "weight", "change", "reason", "feature", "cause", "slow", "sort"];

function readState() {
  const [path, query] = location.hash.slice(1).split("?");
  const [view, id] = path.split("/");
  const filters = Object.fromEntries([...new URLSearchParams(query || "")].filter(([name, value]) => FILTERS.includes(name) && value));
  return { view: view === "scenario" || VIEWS[view] ? view : "overview", id: id || "", filters };
}

function linkTo(view, filters = {}, id = "") {
  const given = Object.entries(filters).filter(([, value]) => value !== "" && value !== null && value !== undefined);
  const query = new URLSearchParams(given).toString();
  return `#${view}${id ? `/${id}` : ""}${query ? `?${query}` : ""}`;
}

function linkToScenario(scenario, filters = {}) {
  return linkTo("scenario", filters, scenario.id);
}

/** The letter of how a scenario ended when it was last run before this run; empty when it never was. */
function lastTime(scenario) {
  return scenario.past.replaceAll("-", "").slice(-1);
}

/** What is new about a scenario since it was last run: failing, mended, skipped, new, or nothing. */
function changeOf(scenario) {
  if (data.runs.length < 2 || scenario.around) return "";
  const last = lastTime(scenario);
  if (!last) return "new";
  if (BAD.has(scenario.status)) return last === "f" ? "" : "failing";
  if (scenario.status === "passed") return last === "f" ? "mended" : "";
  return last === "s" ? "" : "skipped";
}

/** The first run of the unbroken row of runs in which it failed, or null: how long it has been failing. */
function failingSince(scenario) {
  if (!BAD.has(scenario.status)) return null;
  let since = null;
  for (let number = scenario.past.length - 1; number >= 0 && "f-".includes(scenario.past[number]); number -= 1) {
    if (scenario.past[number] === "f") since = number;
  }
  return since === null ? null : markedRuns[since];
}

/** What failures with the same cause have in common: what is said of them, without figures and names of things that were made. */
function causeOf(scenario) {
  return scenario.said.replace(/\b[0-9a-f]{8,}\b|\d+(?:[.,:]\d+)*/g, "…");
}

/** The earlier runs of which each scenario has a mark. */
let markedRuns;
/** Seconds from which on a scenario is slow. */
let slowFrom;
derived(() => {
  markedRuns = data.runs.slice(data.runs.length - 1 - data.marked, -1);
  const durations = scenarios.filter((one) => one.status !== "skipped").map((one) => one.seconds).sort((a, b) => a - b);
  slowFrom = Math.max(1, durations[Math.floor(durations.length * 0.9)] || 0);
});

function featureOf(scenario) {
  return data.features[scenario.feature] || { name: "Around the scenarios", description: "", catches: [], file: "" };
}

/** What is searched: made once a scenario, when somebody first searches. */
function haystack(scenario) {
  if (scenario.haystack === undefined) {
    const tags = scenario.tags.map((number) => `@${data.tags[number]}`).join(" ");
    const said = `${scenario.said || ""} ${data.reasons[scenario.reason] || ""}`;
    scenario.haystack = `${scenario.name} ${scenario.row || ""} ${featureOf(scenario).name} ${featureOf(scenario).file} ${tags} ${said}`.toLowerCase();
  }
  return scenario.haystack;
}

/** A function that says whether a scenario is wanted. */
function wanted(filters) {
  const tests = [];
  const words = (filters.q || "").toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length) tests.push((one) => words.every((word) => haystack(one).includes(word)));
  if (filters.status) {
    const statuses = new Set(filters.status.split(","));
    tests.push((one) => statuses.has(one.status) || (statuses.has("flaky") && one.flaky));
  }
  for (const name of ["platform", "priority", "weight"]) if (filters[name]) tests.push((one) => one[name] === filters[name]);
  if (filters.ring) tests.push((one) => one.ring === (filters.ring === "none" ? "" : filters.ring));
  if (filters.tag) { const number = data.tags.indexOf(filters.tag); tests.push((one) => one.tags.includes(number)); }
  if (filters.service) { const number = data.nodes.indexOf(filters.service); tests.push((one) => one.nodes.includes(number)); }
  if (filters.change) tests.push((one) => changeOf(one) === filters.change);
  if (filters.reason) tests.push((one) => one.reason === Number(filters.reason));
  if (filters.feature) tests.push((one) => featureOf(one).file === filters.feature);
  if (filters.cause) tests.push((one) => one.weight && causeOf(one) === filters.cause);
  if (filters.slow) tests.push((one) => one.status !== "skipped" && one.seconds >= slowFrom);
  return (one) => tests.every((test) => test(one));
}

const GRAVEST_FIRST = ["blocks", "warns", "informs", "quarantined", ""];
const ORDERS = {
  "": null,
  slowest: (a, b) => b.seconds - a.seconds,
  gravest: (a, b) => GRAVEST_FIRST.indexOf(a.weight) - GRAVEST_FIRST.indexOf(b.weight) || a.number - b.number,
  name: (a, b) => a.name.localeCompare(b.name),
};

function found(filters) {
  const list = inDocument.filter(wanted(filters));
  const order = ORDERS[filters.sort || ""];
  return order ? list.sort(order) : list;
}

/** By platform and ring, then as in the feature files. */
let inDocument;
derived(() => {
  inDocument = [...scenarios].sort((a, b) => {
    const [one, other] = [`${a.platform}|${a.ring || "0"}`, `${b.platform}|${b.ring || "0"}`];
    // of a run that goes on, they come in the order in which they end
    return one < other ? -1 : one > other ? 1 : (live.on && a.feature - b.feature) || a.number - b.number;
  });
});
