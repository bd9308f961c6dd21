"use strict";
// Shows what the address asks for, keeps the focus where it was, and listens to the keyboard.
const SHOWN = { overview: showOverview, scenarios: showScenarios, scenario: showScenario, platform: showPlatform, trends: showTrends, drift: showDrift };
let pageTitle = document.title;
let shownView = null;

function show() {
  const state = readState();
  const focused = document.activeElement;
  const name = focused && focused.getAttribute("name");
  const selection = name && focused.tagName === "INPUT" ? [focused.selectionStart, focused.selectionEnd] : null;
  window.onbeforeprint = null;
  document.title = pageTitle;
  document.getElementById("top").replaceChildren(...topBar(state));
  const main = document.getElementById("main");
  const within = main !== focused && main.contains(focused);
  main.className = state.view;
  main.replaceChildren(...SHOWN[state.view](state).filter(Boolean));
  const again = name && main.querySelector(`[name="${name}"]`);
  if (again) {
    again.focus();
    if (selection) again.setSelectionRange(...selection);
  } else if (within && !refreshing) {
    // what was pressed is gone: whoever goes on by keyboard goes on from here
    main.focus({ preventScroll: true });
  }
  const view = `${state.view}/${state.id}`;
  if (shownView !== null && shownView !== view) {
    window.scrollTo(0, 0);
    main.focus({ preventScroll: true });
    // back from a scenario to its list: to where it stands there
    if (state.view === "scenarios" && shownView.startsWith("scenario/")) comeBackTo(shownView.slice(9));
  }
  shownView = view;
}

function comeBackTo(id) {
  const more = document.querySelector("button.more");
  const row = () => document.querySelector(`.scenario-row[data-id="${CSS.escape(id)}"]`);
  for (let tries = 0; !row() && more && !more.hidden && tries < 20; tries += 1) more.click();
  if (!row()) return;
  row().scrollIntoView({ block: "center" });
  row().focus({ preventScroll: true });
}

function topBar(state) {
  const bad = scenarios.filter((one) => one.weight).length;
  const here = state.view === "scenario" ? "scenarios" : state.view;
  return [
    h("a", { class: "brand", href: "#overview" }, h("span", { class: `dot ${data.verdict.verdict}`, "aria-hidden": "true" }), "Ringmaster"),
    h("nav", { class: "tabs", "aria-label": "Views" }, Object.entries(VIEWS).map(([view, words]) =>
      h("a", { href: linkTo(view), "aria-current": view === here ? "page" : null }, words, view === "scenarios" && bad ? [h("span", { class: "count", "aria-hidden": "true" }, bad.toLocaleString()), unseen(`, ${bad} failed`)] : null))),
    live.mark(),
    h("button", { type: "button", class: "button quiet theme", name: "theme", "aria-label": `Colours: ${themeWords()}. Change them`, title: `Colours: ${themeWords()}`, onclick: nextTheme }, { light: "☀", dark: "☾" }[theme()] || "◐"),
  ].filter(Boolean);
}

function theme() {
  return document.documentElement.dataset.theme || "auto";
}

function themeWords() {
  return { light: "light", dark: "dark", auto: "as the system has them" }[theme()];
}

function nextTheme() {
  const next = { auto: "dark", dark: "light", light: "auto" }[theme()];
  document.documentElement.dataset.theme = next;
  keep("theme", next);
  show();
  document.querySelector("[name=theme]").focus();
}

/** Some browsers keep nothing for pages that come from a file. */
function keep(name, value) {
  try { localStorage.setItem(`ringmaster-${name}`, value); } catch { /* then it holds for this page only */ }
}

function kept(name) {
  try { return localStorage.getItem(`ringmaster-${name}`); } catch { return null; }
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName)) return;
  const follow = (selector) => { const link = document.querySelector(selector); if (link) link.click(); };
  if (event.key === "/") {
    event.preventDefault();
    if (readState().view !== "scenarios") { location.hash = linkTo("scenarios"); }
    requestAnimationFrame(() => document.querySelector("[name=q]")?.focus());
  } else if (event.key === "j") follow('a[rel="next"]');
  else if (event.key === "k") follow('a[rel="prev"]');
  else if (/^[1-5]$/.test(event.key) && !event.target.closest(".field") && Object.keys(VIEWS)[event.key - 1]) location.hash = linkTo(Object.keys(VIEWS)[event.key - 1]);
});

document.querySelector(".skip-link").addEventListener("click", (event) => {
  event.preventDefault();
  document.getElementById("main").focus();
});

let opened = [];
window.addEventListener("beforeprint", () => {
  opened = [...document.querySelectorAll("main details:not([open])")].slice(0, 500);
  opened.forEach((one) => { one.open = true; });
});
window.addEventListener("afterprint", () => opened.forEach((one) => { one.open = false; }));
window.addEventListener("hashchange", show);
if (kept("theme")) document.documentElement.dataset.theme = kept("theme");
show();
