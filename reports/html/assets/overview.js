"use strict";
// The first screen: what a product owner wants to know, in one look.
const SIGNS = { pass: "✓", fail: "✕", nothing: "?", rehearsal: "⚑", running: "▶" };

function showOverview() {
  return [
    hero(),
    live.card(),
    data.problems.length ? problems() : null,
    h("div", { class: "grid" }, scenarios.length ? [h("div", { class: "stack" }, attention(), rings()), h("div", { class: "stack" }, changes(), notChecked()), smoke()] : null, running() ? null : [facts(), rules()]),
  ];
}

function running() {
  return data.verdict.verdict === "running";
}

function card(title, attributes, ...children) {
  return h("section", { ...attributes, class: `card ${attributes.class || ""}` }, h("h2", {}, title), children);
}

function hero() {
  const [first, ...others] = data.verdict.reasons;
  const counts = countsOf(real).filter(([, number]) => number);
  return h("section", { class: `hero ${data.verdict.verdict}` },
    h("div", { class: "sign", "aria-hidden": "true" }, SIGNS[data.verdict.verdict]),
    h("div", { class: "said" },
      data.run.sabotage ? h("p", { class: "banner" }, "A rehearsal: a defect was switched on on purpose. This says nothing about the release.") : null,
      h("h1", {}, data.verdict.title),
      first ? h("p", { class: "lead" }, first) : null,
      others.length ? h("ul", { class: "reasons" }, others.map((reason) => h("li", {}, reason))) : null,
      h("p", { class: "by" }, running() ? "Nothing is decided yet" : `${day(data.run.began)} · ${data.run.substrate} · ${took(data.run.wall)} · decided by ${data.verdict.by}`)),
    h("div", { class: "counts" },
      real.length ? shares(counts, "All scenarios", live.ahead()) : null,
      h("ul", { class: "legend" }, counts.map(([status, number]) =>
        h("li", {}, h("a", { href: linkTo("scenarios", { status }), title: STATUSES[status].meaning },
          mark(status), h("b", {}, number.toLocaleString()), ` ${STATUSES[status].words}`))),
        live.ahead() ? h("li", { class: "ahead" }, h("b", {}, live.ahead().toLocaleString()), " still to come") : null)));
}

function problems() {
  return h("section", { class: "card wide alert" }, h("h2", {}, "Not everything could be read"),
    h("ul", {}, data.problems.map((problem) => h("li", {}, problem))));
}

/** One line of a list: a scenario, and a sentence about it. */
function line(scenario, said) {
  const since = failingSince(scenario);
  return h("li", {}, h("a", { class: "line", href: linkToScenario(scenario) },
    mark(scenario.status), unseen(`${STATUSES[scenario.status].words}: `),
    h("span", { class: "what" }, h("span", { class: "name" }, nameOf(scenario)),
      said ? h("span", { class: "why" }, said) : null,
      since ? h("span", { class: "since" }, `failing since ${day(since.began)}`)
        : changeOf(scenario) === "failing" && said ? h("span", { class: "since" }, "passed the last time") : null)));
}

/** Those that failed with the same words side by side, what befell most of them first. */
function causes(list) {
  return [...grouped(list, causeOf).values()].sort((a, b) => b.length - a.length);
}

/** Of many that failed with the same words: the words, and how many. */
function causeLine(first, number) {
  return h("li", {}, h("a", { class: "line", href: linkTo("scenarios", { weight: first.weight, cause: causeOf(first) }) },
    mark(first.status), unseen(`${STATUSES[first.status].words}: `),
    h("span", { class: "what" }, h("span", { class: "name" }, first.said), h("span", { class: "why" }, `The same in ${number.toLocaleString()} scenarios, such as: `, nameOf(first)))));
}

function firstOf(list, make, most, all, number = list.length) {
  return [h("ul", { class: "lines" }, list.slice(0, most).map(make)),
    list.length > most ? h("p", {}, h("a", { href: all }, `Show all ${number.toLocaleString()}`)) : null];
}

function attention() {
  const groups = Object.keys(WEIGHTS).map((weight) => [weight, scenarios.filter((one) => one.weight === weight)]).filter(([, list]) => list.length);
  if (!groups.length) {
    return card("What needs attention", {}, h("p", { class: "calm" }, running() ? "Nothing has failed so far." : "Nothing failed."));
  }
  return card("What needs attention", { class: "tall" }, groups.map(([weight, list]) => [
    h("h3", { class: `weight ${weight}` }, `${WEIGHTS[weight].words} `, h("span", { class: "number" }, list.length.toLocaleString())),
    firstOf(causes(list), ([first, ...others]) => (others.length < 2 ? [first, ...others].map((one) => line(one, one.said)) : causeLine(first, others.length + 1)),
      weight === "blocks" ? 6 : 3, linkTo("scenarios", { weight }), list.length),
  ]),
  real.length ? null : h("div", {}, h("p", { class: "note" }, "What this machine lacks:"), command("ringmaster doctor")));
}

function changes() {
  const kinds = { failing: "Newly failing", mended: "Mended", skipped: "No longer checked", new: "New" };
  if (!real.length) return null;
  if (data.runs.length < 2) return card("What changed", {}, h("p", { class: "calm" }, "This is the first run here, so there is nothing to compare it with."));
  const last = data.runs[data.runs.length - 2];
  const lists = Object.keys(kinds).map((kind) => [kind, scenarios.filter((one) => changeOf(one) === kind)]);
  return card("What changed", {},
    h("p", { class: "note" }, `Each scenario beside the last time it ran. The last run was on ${day(last.began)}.`),
    h("ul", { class: "figures" }, lists.map(([kind, list]) => h("li", { class: `${kind} ${list.length ? "" : "none"}` },
      h("a", list.length ? { href: linkTo("scenarios", { change: kind }) } : {}, h("b", {}, list.length.toLocaleString()), ` ${kinds[kind].toLowerCase()}`)))),
    lists.slice(0, 3).filter(([, list]) => list.length).map(([kind, list]) => [h("h3", {}, kinds[kind]),
      firstOf(list, (one) => line(one, kind === "skipped" ? data.reasons[one.reason] : ""), 4, linkTo("scenarios", { change: kind }))]));
}

function smoke() {
  const scenario = scenarios[data.smoke];
  if (!scenario) return null;
  const steps = detailsOf(scenario).steps;
  const done = steps.filter((step) => step.status === "passed").length;
  const reached = steps.find((step) => step.status !== "passed");
  const said = scenario.status === "skipped" ? `It was not checked: ${data.reasons[scenario.reason]}`
    : !reached ? `All ${steps.length} steps of the playbook passed.`
      : `It got through ${done} of ${steps.length} steps and stopped at step ${steps.indexOf(reached) + 1}: ${withoutKeyword(data.sentences[reached.s])}.`;
  return card("How far the smoke test got", { class: "wide smoke" },
    h("p", {}, said, " ", h("a", { href: linkToScenario(scenario) }, "Step by step")),
    h("ol", { class: "way" }, steps.map((step, number) => h("li", { class: step.status.replace(" ", "-") },
      h("span", { class: "stop", "aria-hidden": "true" }, step.status === "passed" ? "✓" : step.status === "skipped" ? number + 1 : STATUSES[step.status].mark),
      h("span", { class: "label" }, h("b", {}, `${number + 1} `), unseen(`${STATUSES[step.status].words}: `), withoutKeyword(data.sentences[step.s]))))));
}

function withoutKeyword(sentence) {
  return sentence.replace(/^(Given|When|Then|And|But|\*) /, "");
}

function rings() {
  const known = [...new Set(real.map((one) => one.ring))].sort((a, b) => (a || "9").localeCompare(b || "9"));
  if (!known.length) return null;
  return card("Rings", {}, known.map((ring) => {
    const list = real.filter((one) => one.ring === ring);
    const counts = countsOf(list).filter(([, number]) => number);
    return h("div", { class: "ring" },
      h("div", { class: "row" }, h("a", { href: linkTo("scenarios", { ring: ring || "none" }) }, RINGS[ring] || `Ring ${ring}`),
        h("span", { class: "note" }, `${took(list.reduce((sum, one) => sum + one.seconds, 0))} of scenarios`)),
      shares(counts, RINGS[ring] || `Ring ${ring}`),
      h("p", { class: "note" }, counts.map(([status, number]) => `${number.toLocaleString()} ${STATUSES[status].words}`).join(" · ")));
  }));
}

function notChecked() {
  const skipped = scenarios.filter((one) => one.status === "skipped" || one.status === "not run");
  if (!skipped.length) return card("Not checked, and why", {}, h("p", { class: "calm" }, running() ? "Nothing was left out so far." : real.length ? "Everything that was selected ran." : "Nothing was checked, for the reason above."));
  const reasons = [...tally(skipped, (one) => (one.status === "not run" ? -1 : one.reason ?? -2))].sort((a, b) => b[1] - a[1]);
  return card(`Not checked, and why`, {},
    h("p", { class: "note" }, `${count(skipped.length, "scenario", "scenarios")}; a skip never counts as a pass.`),
    h("ul", { class: "why-not" }, reasons.slice(0, 8).map(([reason, number]) => h("li", {},
      h("a", { href: reason === -1 ? linkTo("scenarios", { status: "not run" }) : linkTo("scenarios", reason < 0 ? { status: "skipped" } : { reason }) }, number.toLocaleString()),
      h("span", {}, reason === -1 ? "were selected and never ran" : data.reasons[reason] || "no reason was given")))),
    reasons.length > 8 ? h("p", {}, h("a", { href: linkTo("scenarios", { status: "skipped" }) }, `and for ${reasons.length - 8} more reasons`)) : null);
}

function facts() {
  const run = data.run;
  const rows = [
    ["Run", run.run], ["When", day(run.began)], ["Took", `${took(run.wall)}${run.ready ? `, after the platform was ready in ${took(run.ready)}` : ""}`],
    ["Substrate", run.substrate], ["Workers", String(run.workers)],
    ...(run.commit ? [["Commit", run.commit.slice(0, 12)]] : []), ...(run.shard ? [["Shard", run.shard]] : []), ...(run.seed ? [["Order", `shuffled with seed ${run.seed}`]] : []),
    ...(run.sabotage ? [["Sabotage", run.sabotage]] : []), ...Object.entries(run.facts), ["Exit code", String(run.exit)],
  ];
  return card("How long, and on what", { class: "wide" }, h("dl", { class: "facts" }, rows.map(([name, value]) =>
    h("div", {}, h("dt", {}, name[0].toUpperCase() + name.slice(1).replaceAll("_", " ")), h("dd", {}, value)))));
}

function rules() {
  if (!data.verdict.rules.length) return null;
  return card("The gate's rules", { class: "wide" },
    h("p", { class: "note" }, "Every rule is listed, those that passed too."),
    h("div", { class: "scroller", tabindex: "0", role: "region", "aria-label": "The gate's rules" }, h("table", {},
      h("thead", {}, h("tr", {}, ["Outcome", "Rule", "In words"].map((name) => h("th", { scope: "col" }, name)))),
      h("tbody", {}, data.verdict.rules.map((rule) => h("tr", {},
        h("td", {}, h("span", { class: `badge ${rule.outcome.replace(" ", "-")}` }, rule.outcome)), h("td", {}, rule.name), h("td", {}, rule.sentence)))))));
}
