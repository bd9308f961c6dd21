"use strict";
// Over the runs: how many passed, how long it took, what is slow and what is flaky.
function showTrends() {
  const runs = data.runs;
  const lists = h("div", { class: "grid" }, slowest(), unsteady());
  if (runs.length < 2) {
    return [h("h1", {}, "Trends"), h("p", { class: "empty" }, "Trends begin with the second run. This is the first one that this page knows of."),
      data.scores.length ? h("div", { class: "grid charts" }, scores()) : null, lists];
  }
  const times = runs.map((run) => run.began);
  const rates = runs.map((run) => (run.passed + run.failed ? (100 * run.passed) / (run.passed + run.failed) : null));
  return [
    h("h1", {}, "Trends"),
    h("p", { class: "note" }, `${count(runs.length, "run", "runs")}, the last of them this one. Runs with a defect that was switched on are left out.`),
    h("div", { class: "grid charts" },
      chart("Pass rate", times, [{ label: "passed", values: rates, color: "--passed", unit: "%" }], [0, 100]),
      chart("Outcomes", times, [
        { label: "passed", values: runs.map((run) => run.passed), color: "--passed" },
        { label: "failed", values: runs.map((run) => run.failed), color: "--failed" },
        { label: "not checked", values: runs.map((run) => run.skipped), color: "--skipped" }]),
      chart("Duration", times, [
        { label: "all scenarios", values: runs.map((run) => run.wall), color: "--accent", unit: "time" },
        { label: "platform ready", values: runs.map((run) => run.ready), color: "--quarantined", unit: "time" }]),
      scores()),
    lists,
    runsTable(runs),
  ];
}

const ROUND_TIMES = [0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200, 14400, 36000];
const SCORED = { named: "prepared defects", random: "random mistakes" };

function scores() {
  if (!data.scores.length) return null;
  const times = [...new Set(data.scores.map((score) => score.at))].sort((a, b) => a - b);
  const kinds = [...new Set(data.scores.map((score) => score.what))];
  const colors = ["--passed", "--accent", "--quarantined"];
  return chart("Defects noticed", times, kinds.map((what, number) => ({ label: SCORED[what] || what, color: colors[number % colors.length], unit: "%",
    values: times.map((at) => { const score = data.scores.find((one) => one.at === at && one.what === what); return score && score.of ? (100 * score.caught) / score.of : null; }) })), [0, 100]);
}

/** A line for each series; the same figures stand in the table below the charts. */
function chart(title, times, series, range) {
  const place = h("div", { class: "chart", role: "img", "aria-label": `${title}: ${series.map((one) => `${one.label} ${shownFigure(lastOf(one.values), one)} in the last run`).join(", ")}` });
  const legend = h("p", { class: "note chart-legend" }, series.map((one) => h("span", {}, h("i", { style: { background: `var(${one.color})` } }), `${one.label}: ${shownFigure(lastOf(one.values), one)}`)));
  // drawn when it is in the page, since only then it is known how wide it may be
  requestAnimationFrame(() => {
    if (!place.isConnected) return;
    const style = getComputedStyle(place);
    const color = (name) => { const probe = h("i", { style: { color: `var(${name})` } }); place.append(probe); const found = getComputedStyle(probe).color; probe.remove(); return found; };
    const axis = { stroke: color("--dim"), grid: { stroke: color("--edge"), width: 1 }, ticks: { show: false }, font: `12px ${style.fontFamily}` };
    const same = new Set(times.map((time) => new Date(time * 1000).toDateString())).size === 1;
    const shown = (tick) => (Number.isInteger(tick) && times[tick] ? new Date(times[tick] * 1000).toLocaleString(undefined, same ? { timeStyle: "short" } : { month: "short", day: "numeric" }) : "");
    new uPlot({
      width: place.clientWidth, height: 180, legend: { show: false }, cursor: { drag: { x: false, y: false } },
      scales: { x: { time: false }, y: { range: range ? () => range : (_, low, high) => [0, Math.max(1, high * 1.1)] } },
      axes: [{ ...axis, size: 28, space: same ? 70 : 54, incrs: [1, 2, 5, 10, 20, 50, 100], values: (_, ticks) => ticks.map(shown).map((text, number, all) => (text === all[number - 1] ? "" : text)) }, { ...axis, size: 48, ...(series[0].unit === "time" ? { incrs: ROUND_TIMES } : {}), values: (_, ticks) => ticks.map((tick) => shownFigure(tick, series[0]).replace(/ 0 (s|min)$/, "")) }],
      series: [{}, ...series.map((one) => ({ label: one.label, stroke: color(one.color), width: 2, spanGaps: true, points: { show: times.length < 60, size: 6, fill: color(one.color) } }))],
    }, [times.map((_, number) => number), ...series.map((one) => one.values)], place);
  });
  return h("section", { class: "card" }, h("h2", {}, title), place, legend);
}

/** The last that is known: not every series has a value at each time. */
function lastOf(values) {
  return values.findLast((value) => value !== null && value !== undefined);
}

function shownFigure(value, one) {
  if (value === null || value === undefined) return "none";
  if (one.unit === "time") return took(value).replace(/\.0 s$/, " s");
  return `${Number.isInteger(value) ? value.toLocaleString() : value.toFixed(1)}${one.unit || ""}`;
}

function slowest() {
  const list = scenarios.filter((one) => one.status !== "skipped" && one.seconds > 0).sort((a, b) => b.seconds - a.seconds).slice(0, 10);
  const others = scenarios.filter(wanted({ slow: 1 })).length > list.length;
  if (!list.length) return null;
  return h("section", { class: "card" }, h("h2", {}, "Slowest in this run"),
    h("ol", { class: "bars-list" }, list.map((one) => h("li", {}, h("a", { href: linkToScenario(one) }, nameOf(one)),
      h("span", { class: "bar-of", "aria-hidden": "true" }, h("i", { style: { width: `${(100 * one.seconds) / list[0].seconds}%` } })), h("span", { class: "figure" }, took(one.seconds))))),
    others && h("p", {}, h("a", { href: linkTo("scenarios", { slow: 1, sort: "slowest" }) }, `Show all that took ${took(slowFrom)} or longer`)));
}

/** Those that passed only at a further attempt, or went back and forth between passed and failed. */
function unsteady() {
  const changesOf = (one) => {
    const letters = [...one.past.replaceAll("-", "").replaceAll("s", "")];
    return (one.flaky ? 1 : 0) + letters.filter((letter) => letter === "x").length + letters.filter((letter, number) => number && (letter === "f") !== (letters[number - 1] === "f")).length;
  };
  const list = scenarios.map((one) => [one, changesOf(one)]).filter(([one, times]) => times > 1 || one.flaky || one.past.includes("x")).sort((a, b) => b[1] - a[1]).slice(0, 10);
  return h("section", { class: "card" }, h("h2", {}, "Flaky"),
    list.length ? h("ul", { class: "lines" }, list.map(([one, times]) => h("li", {}, h("a", { class: "line", href: linkToScenario(one) }, mark(one.status), unseen(`${STATUSES[one.status].words}: `),
      h("span", { class: "what" }, h("span", { class: "name" }, nameOf(one)), h("span", { class: "why" }, saidOfFlaky(one, times))), pastMarks(one, 10)))))
      : h("p", { class: "calm" }, "No scenario went back and forth, and none needed a further attempt."));
}

function saidOfFlaky(one, times) {
  const runs = `${times === 1 ? "once" : `${times} times`} in ${one.past.length + 1} runs`;
  const again = one.flaky || one.past.includes("x");
  return one.past.includes("f") ? `Changed between passed and failed${again ? ", or needed a further attempt," : ""} ${runs}` : `Passed only at a further attempt ${runs}`;
}

function runsTable(runs) {
  const names = ["When", "Substrate", "Passed", "Failed", "Not checked", "Flaky", "Took", "Ready"];
  return h("details", { class: "card wide" }, h("summary", {}, "The same in figures"), h("div", { class: "scroller", tabindex: "0", role: "region", "aria-label": "All runs in figures" }, h("table", {},
    h("thead", {}, h("tr", {}, names.map((name) => h("th", { scope: "col" }, name)))),
    h("tbody", {}, runs.toReversed().map((run) => h("tr", {}, h("td", {}, day(run.began)), h("td", {}, run.substrate),
      [run.passed, run.failed, run.skipped, run.flaky].map((number) => h("td", { class: "figure" }, String(number))), h("td", { class: "figure" }, took(run.wall)), h("td", { class: "figure" }, took(run.ready))))))));
}
