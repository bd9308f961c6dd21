"use strict";
// One scenario: what went wrong in plain words, its steps, what happened when, what it crossed, and the technical story a click deeper.
function showScenario(state) {
  const scenario = byId.get(state.id);
  if (!scenario) return [h("h1", { class: "unseen" }, "No such scenario"), h("p", { class: "empty" }, "There is no such scenario in this run. ", h("a", { href: linkTo("scenarios") }, "Show all of them"))];
  const details = detailsOf(scenario);
  document.title = `${scenario.name}: ${STATUSES[scenario.status].words}`;
  const timeline = details.events.length || details.steps.some((step) => step.at !== undefined) ? makeTimeline(scenario, details) : null;
  return [
    steering(scenario, state.filters),
    heading(scenario, details),
    scenario.weight ? failureCard(scenario, details) : null,
    scenario.status === "skipped" ? h("section", { class: "card wide not-checked" }, h("h2", {}, "Not checked here"), h("p", {}, data.reasons[scenario.reason] || "no reason was given")) : null,
    h("div", { class: "grid detail" },
      scenario.around ? null : stepsCard(details, timeline),
      h("div", { class: "stack" }, protectsCard(scenario, details), againCard(scenario, details), pastCard(scenario))),
    timeline ? timeline.element : null,
    details.problem ? h("p", { class: "note" }, details.problem) : null,
    crossedCard(scenario, details),
    attemptsCard(details),
    logsCard(details),
  ];
}

function steering(scenario, filters) {
  const list = found(filters);
  const here = list.indexOf(scenario);
  const [before, after] = [list[here - 1], here >= 0 ? list[here + 1] : null];
  return h("nav", { class: "steering", "aria-label": "Scenarios" },
    h("a", { href: linkTo("scenarios", filters) }, "← Scenarios"),
    h("span", { class: "spring" }),
    h("span", { class: "note" }, here >= 0 ? `${(here + 1).toLocaleString()} of ${list.length.toLocaleString()}` : ""),
    h("a", before ? { href: linkToScenario(before, filters), rel: "prev", class: "button quiet" } : { class: "button quiet off", "aria-disabled": "true", role: "link" }, "Previous"),
    h("a", after ? { href: linkToScenario(after, filters), rel: "next", class: "button quiet" } : { class: "button quiet off", "aria-disabled": "true", role: "link" }, "Next"));
}

function heading(scenario, details) {
  const feature = featureOf(scenario);
  const since = failingSince(scenario);
  return h("header", { class: `scenario-heading ${scenario.status.replace(" ", "-")}` },
    h("p", { class: "crumbs" }, (scenario.around ? [feature.name] : [scenario.platform, RINGS[scenario.ring], feature.name]).filter(Boolean).join(" › ")),
    h("h1", {}, mark(scenario.status), h("span", {}, nameOf(scenario))),
    h("p", { class: "badges" },
      h("span", { class: `badge ${scenario.status.replace(" ", "-")}` }, STATUSES[scenario.status].words),
      scenario.weight ? h("span", { class: `badge ${scenario.weight}` }, WEIGHTS[scenario.weight].words.toLowerCase())
        : scenario.priority ? h("span", { class: "badge" }, PRIORITIES[scenario.priority]) : null,
      scenario.flaky ? h("span", { class: "badge warns" }, "passed only at a further attempt") : null,
      scenario.quarantine ? h("span", { class: "badge quarantined" }, scenario.quarantine) : null,
      scenario.status === "skipped" || scenario.around ? null : h("span", { class: "badge plain" }, took(scenario.seconds)),
      since ? h("span", { class: "badge plain" }, `failing since ${day(since.began)}`) : changeOf(scenario) === "failing" ? h("span", { class: "badge new" }, "newly failing") : null),
    details.parameters.length ? h("p", { class: "note" }, details.parameters.map(([name, value]) => `${name}: ${value}`).join(" · ")) : null);
}

function failureCard(scenario, details) {
  const failure = details.failure;
  const at = details.steps.findIndex((step) => step.failed || step.missing);
  const step = details.steps[at];
  const alike = scenarios.filter((one) => one.weight && causeOf(one) === causeOf(scenario)).length;
  return h("section", { class: "card wide failure" },
    h("div", { class: "row" }, h("h2", {}, "What went wrong"), h("span", { class: "spring" }), copyButton(inWords(scenario, details, step), "Copy as text")),
    step ? h("p", { class: "lead" }, `At step ${at + 1} of ${details.steps.length}: `, h("q", {}, withoutKeyword(data.sentences[step.s]))) : null,
    h("p", { class: "said" }, details.over_budget || details.died || failure?.said || scenario.said),
    failure?.expected ? beside(failure) : null,
    failure?.sightings?.length > 1 ? sightings(failure) : null,
    alike > 1 ? h("p", {}, h("a", { href: linkTo("scenarios", { cause: causeOf(scenario) }) }, `${alike.toLocaleString()} scenarios failed with these words`)) : null,
    failure?.trace || details.printed ? h("details", {}, h("summary", {}, "The technical story"),
      failure ? [h("p", { class: "note" }, [failure.kind, details.ended].filter(Boolean).join(" · ")), h("pre", { tabindex: "0" }, failure.words), h("pre", { tabindex: "0" }, failure.trace)] : null,
      details.printed ? [h("h3", {}, "Printed and logged"), h("pre", { tabindex: "0" }, details.printed)] : null) : null);
}

/** All of it for a message to somebody, or for an issue. */
function inWords(scenario, details, step) {
  const { failure } = details;
  const since = failingSince(scenario);
  return [
    [scenario.name, scenario.row].filter(Boolean).join(" · "), `${STATUSES[scenario.status].words}${since ? `, since ${day(since.began)}` : ""}: ${details.over_budget || details.died || failure?.said || scenario.said}`,
    step ? `step: ${data.sentences[step.s]}` : "", ...(failure?.expected ? [`expected: ${failure.expected}`, `seen: ${failure.seen}`] : []),
    scenario.around ? "" : `again: ${commandFor(scenario, details)}`, `run: ${data.run.run}${data.run.commit ? `, commit ${data.run.commit}` : ""}, on ${data.run.substrate}`,
  ].filter(Boolean).join("\n");
}

/** Expected beside seen: part by part where the values have parts; what is the same on both sides is dimmed. */
function beside(failure) {
  if (failure.rows.length) return partByPart(failure.rows);
  const expected = failure.expected.split("\n");
  const seen = failure.seen.split("\n");
  const lines = (own, other) => own.map((text) => h("div", { class: own.length > 1 && other.includes(text) ? "same" : "" }, text));
  return h("div", { class: "scroller", tabindex: "0", role: "region", "aria-label": "Expected beside seen" }, h("table", { class: "beside" },
    h("thead", {}, h("tr", {}, h("th", { scope: "col" }, "Expected"), h("th", { scope: "col" }, "Seen"))),
    h("tbody", {}, h("tr", {}, h("td", { class: "expected" }, lines(expected, seen)), h("td", { class: "seen" }, lines(seen, expected))))));
}

function partByPart(rows) {
  return h("div", { class: "scroller", tabindex: "0", role: "region", "aria-label": "Expected beside seen" }, h("table", { class: "beside" },
    h("thead", {}, h("tr", {}, ["", "Expected", "Seen"].map((name) => (name ? h("th", { scope: "col" }, name) : h("td", {}, unseen("Part")))))),
    h("tbody", {}, rows.map(([name, expected, seen]) => h("tr", { class: expected === seen ? "same" : "" },
      h("th", { scope: "row" }, name), h("td", { class: "expected" }, expected),
      h("td", { class: "seen" }, expected === seen ? null : unseen("differs: "), seen))))));
}

function sightings(failure) {
  return h("details", {}, h("summary", {}, `What was seen while it waited (${failure.sightings.length})`),
    h("table", {}, h("thead", {}, h("tr", {}, ["From", "To", "Seen"].map((name) => h("th", { scope: "col" }, name)))),
      h("tbody", {}, failure.sightings.map(([from, to, value]) => h("tr", {}, h("td", { class: "figure" }, `${from} s`), h("td", { class: "figure" }, `${to} s`), h("td", {}, value))))));
}

function stepsCard(details, timeline) {
  const longest = Math.max(0.001, ...details.steps.map((step) => step.seconds || 0));
  return h("section", { class: "card steps" }, h("h2", {}, "Steps"),
    details.steps.length ? h("ol", {}, details.steps.map((step) => stepLine(step, longest, timeline))) : h("p", { class: "calm" }, "It has no steps."));
}

function stepLine(step, longest, timeline) {
  const sentence = data.sentences[step.s];
  const [keyword, rest] = [sentence.match(/^\S+/)[0], withoutKeyword(sentence)];
  const ran = step.at !== undefined;
  return h("li", { class: step.status.replace(" ", "-") },
    h("div", { class: "row" }, mark(ran ? step.status : "skipped"), unseen(ran ? `${STATUSES[step.status].words}: ` : "did not run: "),
      h("span", { class: "what" }, h("span", { class: "keyword" }, keyword), " ", rest === sentence ? "" : rest),
      ran ? h("button", { type: "button", class: "seconds", title: "show in the timeline", onclick: () => timeline && timeline.zoomTo(step.at, step.at + step.seconds) },
        h("i", { style: { width: `${(step.seconds / longest) * 100}%` } }), took(step.seconds)) : null),
    step.missing ? h("p", { class: "why" }, step.missing === "undefined" ? "Nobody has written what this step does." : "Nobody has finished what this step does.") : null,
    step.table ? h("div", { class: "scroller", tabindex: "0", role: "region", "aria-label": "Table of the step" }, h("table", {}, h("thead", {}, h("tr", {}, step.table[0].map((cell) => h("th", { scope: "col" }, cell)))),
      h("tbody", {}, step.table.slice(1).map((cells) => h("tr", {}, cells.map((cell) => h("td", {}, cell))))))) : null,
    step.text ? h("pre", { tabindex: "0" }, step.text) : null,
    step.parts ? h("ul", { class: "parts" }, step.parts.map(([text, outcome, seconds]) => h("li", { class: outcome.replace(" ", "-") },
      h("span", {}, text), seconds >= 0.005 ? h("span", { class: "note" }, took(seconds)) : null))) : null);
}

function protectsCard(scenario, details) {
  const feature = featureOf(scenario);
  const catches = [...details.catches, ...feature.catches];
  const own = paragraphs(withoutCatches(details.description));
  const [first, ...others] = paragraphs(withoutCatches(feature.description));
  const sabotages = scenario.tags.map((number) => data.tags[number]).filter((tag) => tag.startsWith("catches."));
  if (!catches.length && !own.length && !first) return null;
  return h("section", { class: "card" }, h("h2", {}, "What it protects"),
    first ? h("p", {}, first) : null,
    own.map((one) => h("p", { class: "note" }, one)),
    others.length ? h("details", {}, h("summary", {}, "More about its feature"), others.map((one) => h("p", { class: "note" }, one))) : null,
    catches.length ? [h("h3", {}, "It catches"), h("ul", {}, catches.map((one) => h("li", {}, one)))] : null,
    sabotages.length ? h("p", { class: "note" }, `Proven with ${count(sabotages.length, "defect", "defects")} that can be switched on: ${sabotages.map((tag) => tag.slice(8)).join(", ")}`) : null);
}

function commandFor(scenario, details) {
  return `ringmaster run ${featureOf(scenario).file}:${details.line}${data.run.sabotage ? ` --sabotage ${data.run.sabotage}` : ""}`;
}

function againCard(scenario, details) {
  if (!details.steps.length) return null;
  const place = `${featureOf(scenario).file}:${details.line}`;
  return h("section", { class: "card" }, h("h2", {}, "Run it again"), command(commandFor(scenario, details)),
    details.evidence ? [h("p", { class: "note" }, "All of its story, in a terminal:"), command(`ringmaster show ${place} --run ${data.run.run}`)] : null);
}

function pastCard(scenario) {
  if (!scenario.past || ![...scenario.past].some((letter) => letter !== "-")) return null;
  const runs = [...scenario.past].map((letter, number) => [letter, markedRuns[number]]);
  const now = scenario.status === "passed" ? (scenario.flaky ? "x" : "p") : scenario.status === "skipped" ? "s" : "f";
  runs.push([now, data.runs[data.runs.length - 1]]);
  return h("section", { class: "card" }, h("h2", {}, "Its last runs"),
    h("ol", { class: "past-row" }, runs.map(([letter, run]) => h("li", { class: `past-${letter === "-" ? "none" : letter}`, title: `${day(run.began)}: ${PAST[letter][1]}` },
      h("span", { "aria-hidden": "true" }, PAST[letter][0]), unseen(`${day(run.began)}: ${PAST[letter][1]}`)))),
    h("p", { class: "note" }, "Oldest first; the last mark is this run."));
}

function crossedCard(scenario, details) {
  const counts = new Map(Object.entries(details.crossed).map(([number, times]) => [data.nodes[number], times]));
  const failed = new Set(details.events.filter((event) => event[6] && event[7] >= 0).map((event) => data.nodes[event[7]]));
  if (!counts.size) return null;
  const [, names] = byPlatform().find(([platform]) => platform === null || platform === scenario.platform) || [null, new Set(counts.keys())];
  return h("section", { class: "card wide" }, h("h2", {}, "What it used"),
    h("p", { class: "note" }, "What there is evidence of is lit up."), platformPicture(scenario.platform, names, counts, failed, "time", "times", () => null));
}

function attemptsCard(details) {
  if (!details.failed_attempts) return null;
  return h("section", { class: "card wide" }, h("h2", {}, `Attempts: ${details.attempts}`), h("div", { class: "attempts" },
    details.failed_attempts.map((words, number) => h("div", { class: "attempt failed" }, h("h3", {}, mark("failed"), `Attempt ${number + 1} failed`), h("pre", { tabindex: "0" }, words))),
    h("div", { class: `attempt ${details.failure ? "failed" : "passed"}` }, h("h3", {}, mark(details.failure ? "failed" : "passed"), `Attempt ${details.attempts} ${details.failure ? "failed" : "passed"}`),
      h("pre", { tabindex: "0" }, details.failure ? details.failure.words : "It passed."))));
}

function logsCard(details) {
  if (!details.logs) return null;
  return h("section", { class: "card wide" }, h("h2", {}, "Logs of its time"),
    h("p", { class: "note" }, "What the services and pods wrote while it ran."),
    Object.entries(details.logs).map(([name, text]) => h("details", {}, h("summary", {}, name.replace("/", ": ")),
      h("pre", { class: "log", tabindex: "0" }, text.split("\n").map((row) => h("span", { class: /\b(ERROR|CRITICAL|Traceback)\b/.test(row) ? "bad" : /\bWARN/.test(row) ? "odd" : "" }, `${row}\n`))))));
}
