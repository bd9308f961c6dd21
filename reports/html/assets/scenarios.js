"use strict";
// The living documentation: features by platform and ring with their scenarios. Rows are made as the reader comes to them.
const AT_ONCE = 60;
let byFeature;
derived(() => { byFeature = grouped(scenarios, (one) => one.feature); });
/** Rows and headings that are shown already, and stay when the list is only brought up to date. */
let keptRows = 0;

function showScenarios(state) {
  const list = found(state.filters);
  const rows = h("div", { class: "documents" });
  const more = h("button", { type: "button", class: "button more", hidden: true });
  const items = flat(list, state.filters);
  let shown = 0;
  const extend = (number) => {
    const end = Math.min(items.length, shown + number);
    const made = document.createDocumentFragment();
    for (; shown < end; shown += 1) made.append(items[shown]());
    rows.append(made);
    more.hidden = shown >= items.length;
    more.textContent = `Show more (${(items.length - shown).toLocaleString()} left)`;
  };
  more.addEventListener("click", () => extend(AT_ONCE * 3));
  const watching = new IntersectionObserver((seen) => { if (seen.some((one) => one.isIntersecting) && shown < items.length) extend(AT_ONCE); }, { rootMargin: "600px" });
  extend(Math.max(AT_ONCE, refreshing ? keptRows : 0));
  watching.observe(more);
  window.onbeforeprint = () => extend(1000);
  const title = count(list.length, "scenario", "scenarios") + (list.length < scenarios.length ? ` of ${scenarios.length.toLocaleString()}` : "");
  if (!refreshing) tell(title);
  return [
    h("h1", { class: "unseen" }, "Scenarios"),
    filterBar(state.filters, title),
    list.length ? rows : nothingFound(),
    more,
  ];
}

function nothingFound() {
  return h("p", { class: "empty" }, scenarios.length ? "No scenario fits. " : live.on ? "No scenario is over yet. " : "No scenario ran. ",
    scenarios.length ? h("a", { href: linkTo("scenarios") }, "Show all of them") : null);
}

/** A function for each heading and scenario, which makes it. */
function flat(list, filters) {
  const items = [];
  let place = null;
  let feature = null;
  for (const scenario of list) {
    if (!filters.sort) {
      const here = `${scenario.platform}|${scenario.ring}`;
      if (here !== place) items.push(() => placeHeading(scenario));
      if (here !== place || scenario.feature !== feature) items.push(() => featureHeading(scenario, filters));
      place = here;
      feature = scenario.feature;
    }
    items.push(() => scenarioRow(scenario, filters));
  }
  return items;
}

function placeHeading(scenario) {
  return h("h2", { class: "place" }, scenario.platform ? h("span", { class: "platform" }, scenario.platform) : null, RINGS[scenario.ring] || `Ring ${scenario.ring}`);
}

/** The reason why something catches nothing is for those who write features. */
function withoutCatches(text) {
  return text.replace(/^\s*Catches( no sabotage)?:[\s\S]*?(?=\n\s*\n|(?![\s\S]))/gm, "");
}

function paragraphs(text) {
  return text.split(/\n\s*\n/).map((one) => one.trim()).filter(Boolean);
}

function featureHeading(scenario, filters) {
  const feature = featureOf(scenario);
  const [first, ...others] = paragraphs(withoutCatches(feature.description));
  const counts = countsOf(byFeature.get(scenario.feature)).filter(([, number]) => number);
  return h("div", { class: "feature" },
    h("div", { class: "row" },
      h("h3", {}, h("a", { href: linkTo("scenarios", { ...filters, feature: feature.file }) }, feature.name)),
      h("span", { class: "note" }, counts.map(([status, number]) => `${number} ${STATUSES[status].words}`).join(" · "))),
    first ? h("p", { class: "protects" }, first) : null,
    feature.catches.length ? h("p", { class: "protects" }, h("b", {}, "Catches: "), feature.catches.join("; ")) : null,
    others.length ? h("details", {}, h("summary", {}, "More about it"), others.map((one) => h("p", {}, one))) : null);
}

function pastMarks(scenario, most) {
  if (!scenario.past) return null;
  const now = scenario.status === "passed" ? (scenario.flaky ? "x" : "p") : scenario.status === "skipped" ? "s" : "f";
  const letters = [...(scenario.past + now)].slice(-most);
  if (letters.filter((letter) => letter !== "-").length < 2) return null;
  const words = letters.map((letter) => PAST[letter][1]).join(", ");
  return h("span", { class: "past", role: "img", "aria-label": `Its last runs, oldest first: ${words}`, title: `Its last ${letters.length} runs, oldest first` },
    letters.map((letter) => h("i", { class: `past-${letter === "-" ? "none" : letter}` })));
}

function scenarioRow(scenario, filters) {
  const change = changeOf(scenario);
  const said = scenario.said || data.reasons[scenario.reason];
  return h("a", { class: `scenario-row ${scenario.status.replace(" ", "-")}`, href: linkToScenario(scenario, filters), "data-id": scenario.id },
    mark(scenario.status), unseen(`${STATUSES[scenario.status].words}: `),
    h("span", { class: "what" },
      h("span", { class: "name" }, nameOf(scenario)),
      said ? h("span", { class: "why" }, said) : null),
    h("span", { class: "badges" },
      scenario.weight ? h("span", { class: `badge ${scenario.weight}` }, WEIGHTS[scenario.weight].short) : null,
      change === "failing" ? h("span", { class: "badge new" }, "newly failing") : change === "mended" ? h("span", { class: "badge mended" }, "mended") : null,
      scenario.flaky ? h("span", { class: "badge warns" }, "flaky") : null),
    pastMarks(scenario, 10),
    h("span", { class: "seconds" }, scenario.status === "skipped" ? "" : took(scenario.seconds)));
}

function choice(name, label, options, filters) {
  if (options.length < (filters[name] ? 1 : 2)) return null;
  return h("label", { class: "choice" }, h("span", {}, label), h("select", {
    name, onchange: (event) => change({ ...filters, [name]: event.target.value }),
  }, h("option", { value: "" }, name === "sort" ? "as in the features" : "all"), options.map(([value, words]) => h("option", { value, selected: filters[name] === value }, words))));
}

function change(filters) {
  history.replaceState(null, "", linkTo("scenarios", filters));
  show();
}

let choices;
derived(() => { choices = {
  counts: { ...Object.fromEntries(countsOf(scenarios)), flaky: scenarios.filter((one) => one.flaky).length },
  statuses: [...countsOf(scenarios).filter(([, number]) => number).map(([status]) => status), ...(scenarios.some((one) => one.flaky) ? ["flaky"] : [])],
  platform: [...new Set(scenarios.map((one) => one.platform))].sort(),
  ring: [...new Set(scenarios.map((one) => one.ring))].sort(),
  priority: [...new Set(scenarios.map((one) => one.priority))].sort(),
  tags: [...data.tags].sort(),
  nodes: [...data.nodes].sort(),
}; });

const CHOICES = ["platform", "ring", "priority", "tag", "service", "sort"];
/** Where there is little room, they are shown on demand. */
const phone = matchMedia("(max-width: 560px)");
let choicesOpen = false;
phone.addEventListener("change", () => show());

function filterBar(filters, title) {
  const chosen = new Set((filters.status || "").split(",").filter(Boolean));
  const toggle = (status) => {
    if (!chosen.delete(status)) chosen.add(status);
    change({ ...filters, status: [...chosen].join(",") });
  };
  const hidden = { weight: (value) => WEIGHTS[value]?.words, change: (value) => ({ failing: "newly failing", mended: "mended", skipped: "no longer checked", new: "new" })[value],
    cause: (value) => `failed with: ${value}`, reason: (value) => data.reasons[value], feature: (value) => data.features.find((one) => one.file === value)?.name };
  return h("form", { class: "filters", role: "search", "aria-label": "Scenarios", onsubmit: (event) => event.preventDefault() },
    h("div", { class: "row" },
      h("label", { class: "search" }, unseen("Search"), h("input", {
        type: "search", name: "q", placeholder: "Search names, features, tags, errors", value: filters.q || "", autocomplete: "off",
        oninput: (event) => change({ ...readState().filters, q: event.target.value }),
      })),
      h("div", { class: "chips", role: "group", "aria-label": "Status" }, choices.statuses.map((status) => h("button", {
        type: "button", class: `chip ${status.replace(" ", "-")}`, name: `status-${status}`, "aria-pressed": String(chosen.has(status)), onclick: () => toggle(status),
      }, STATUSES[status] ? mark(status) : "↻ ", STATUSES[status]?.words || status, h("span", { class: "number" }, choices.counts[status].toLocaleString()))),
      h("button", { type: "button", class: "chip", name: "slow", "aria-pressed": String(Boolean(filters.slow)), title: `over ${took(slowFrom)}`,
        onclick: () => change({ ...filters, slow: filters.slow ? "" : "1" }) }, "slow"))),
    h("details", { class: "choices", open: choicesOpen || !phone.matches || CHOICES.some((name) => filters[name]), ontoggle: (event) => { choicesOpen = phone.matches && event.target.open; } },
      h("summary", {}, "More filters, and the order"), h("div", { class: "row" },
      choice("platform", "Platform", choices.platform.map((one) => [one, one || "none"]), filters),
      choice("ring", "Ring", choices.ring.map((one) => [one || "none", one ? `ring ${one}` : "across"]), filters),
      choice("priority", "Priority", choices.priority.filter(Boolean).map((one) => [one, PRIORITIES[one]]), filters),
      choice("tag", "Tag", choices.tags.map((one) => [one, `@${one}`]), filters),
      choice("service", "Service", choices.nodes.map((one) => [one, one]), filters),
      choice("sort", "Order", [["gravest", "gravest first"], ["slowest", "slowest first"], ["name", "by name"]], filters))),
    h("div", { class: "row result" }, h("b", { class: "found" }, title),
      Object.entries(hidden).filter(([name]) => filters[name]).map(([name, words]) => h("button", { type: "button", class: "chip on", onclick: () => change({ ...filters, [name]: "" }) },
        `${words(filters[name]) || filters[name]} `, h("span", { "aria-hidden": "true" }, "×"), unseen("take this filter away"))),
      Object.keys(filters).length ? [h("a", { class: "button quiet", href: linkTo("scenarios") }, "Clear"), copyButton(location.href, "Copy link")] : null));
}
