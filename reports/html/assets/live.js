"use strict";
// While the run goes on: takes in what is new, shows what runs and what it waits for, and asks for what failed once more.
const BETWEEN_SHOWS = 300;
const GROWING = ["scenarios", "features", "tags", "reasons", "nodes", "direct", "sentences", "groups"];
let now = { planned: 0, ended: 0, failed: 0, running: [], over: false, again: "" };
/** Of the connection: "" while it stands, else "lost" or, once the command has ended, "ended". */
let gone = "";
let waiting = null;
let shownFor = 0;
data.details = [];
Object.assign(live, { on: true, card: nowCard, mark: nowMark, ahead: () => (now.over ? 0 : Math.max(0, now.planned - now.ended)) });

const source = new EventSource("events");
source.addEventListener("message", (event) => { take(JSON.parse(event.data)); later(); });
source.addEventListener("open", () => { gone = ""; later(); });
source.addEventListener("error", () => { gone = "lost"; later(); });
source.addEventListener("end", () => { source.close(); gone = "ended"; later(); });

function take({ head, rest, details, now: moment }) {
  if (head) {
    Object.assign(data, head);
    for (const name of GROWING) data[name].length = 0;
    data.details.length = 0;
    shownFor += 1;
  }
  for (const [name, more] of Object.entries(rest)) for (const one of more) data[name].push(one);
  for (const one of details) data.details.push(one);
  now = moment;
  derivations.forEach((make) => make());
  if (running()) {
    data.verdict.title = now.planned ? `${now.ended.toLocaleString()} of ${now.planned.toLocaleString()} done` : "The run begins";
    data.verdict.reasons = now.planned ? [now.failed ? `${now.failed.toLocaleString()} failed so far.` : "Nothing has failed so far."] : ["The platform is being started."];
  }
  pageTitle = `${data.verdict.title}: Ringmaster run ${data.run.run}`;
  const failed = rest.scenarios.filter((one) => one.weight);
  if (failed.length && !head) tell(failed.map((one) => `${one.name}: ${STATUSES[one.status].words}`).join("; "));
}

/** Shows what came, though not more often than a reader can follow. */
function later() {
  waiting ??= setTimeout(() => { waiting = null; refresh(); }, BETWEEN_SHOWS);
}

function refresh() {
  const state = readState();
  const main = document.getElementById("main");
  const busy = document.activeElement?.tagName === "SELECT" || String(getSelection());
  const changes = { overview: true, scenarios: true, platform: true }[state.view] || shownFor !== Number(main.dataset.run) || !main.querySelector(".scenario-heading, .charts");
  if (busy || !changes) {
    document.title = pageTitle;
    document.getElementById("top").replaceChildren(...topBar(state));
    return;
  }
  const link = main.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
  const place = window.scrollY;
  keptRows = main.querySelectorAll(".documents > *").length;
  refreshing = true;
  show();
  refreshing = false;
  main.dataset.run = shownFor;
  if (link) main.querySelector(`a[href="${CSS.escape(link)}"]`)?.focus({ preventScroll: true });
  window.scrollTo(0, place);
}

function nowMark() {
  const words = gone === "lost" ? "connection lost" : now.over ? "over" : now.planned ? `${now.ended.toLocaleString()} of ${now.planned.toLocaleString()}` : "starting";
  return h("span", { class: `live ${gone || (now.over ? "over" : "on")}` }, h("span", { class: "pulse", "aria-hidden": "true" }), words);
}

function nowCard() {
  if (gone === "lost") return card("The connection is lost", { class: "wide alert" }, h("p", {}, "The command that served this page may have ended. What is shown is what it told last."));
  if (now.over) return now.again ? card("Once more", { class: "wide" }, againButton()) : null;
  if (!now.planned) return null;
  return card("What runs now", { class: "wide now" },
    now.running.length ? h("ul", { class: "lines" }, now.running.map(runningLine)) : h("p", { class: "calm" }, "Nothing at this moment."),
    now.failed ? againButton() : null);
}

function runningLine(one) {
  return h("li", { class: "line", "data-location": one.location },
    h("span", { class: "mark on", "aria-hidden": "true" }, "▶"),
    h("span", { class: "what" }, h("span", { class: "name" }, one.name),
      h("span", { class: "why" }, one.step ? ["in ", h("q", {}, one.step)] : "between its steps"),
      one.waits_for ? h("span", { class: "why waits" }, "waits for ", h("b", {}, one.waits_for)) : null),
    h("span", { class: "seconds", "data-since": one.since }, since(one.since)));
}

function since(unix) {
  return took(Math.max(0, Math.round(Date.now() / 1000 - unix)));
}

function againButton() {
  if (gone) return null;
  const asked = now.again === "asked";
  return h("p", { class: "row once-more" }, h("button", { type: "button", name: "again", class: "button", disabled: asked, onclick: runAgain }, "Run what failed once more"),
    h("span", { class: "note" }, asked ? (now.over ? "It is about to begin." : "It begins when this run is over.") : now.over ? "With steps and features as they are now; the command's verdict stays that of the first run."
      : "As soon as this run is over."));
}

async function runAgain() {
  const answer = await fetch("again", { method: "POST" }).catch(() => null);
  tell(answer?.ok ? "What failed will run once more" : "This could not be asked for");
}

setInterval(() => {
  for (const one of document.querySelectorAll("[data-since]")) one.textContent = since(Number(one.dataset.since));
}, 1000);
