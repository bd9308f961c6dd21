"use strict";
// Where deployments part ways with the reference, as they were compared last; there is no such view where none was.
derived(() => { if (data.drifts.length) VIEWS.drift = "Drift"; });

function showDrift() {
  return [h("h1", {}, "Drift"),
    h("p", { class: "note" }, "The same scenarios on the reference platform and on a deployment: what differs besides values. `ringmaster drift` compares them."),
    ...data.drifts.map(driftOf)];
}

function driftOf(one) {
  const fresh = one.differences.filter(([, , reason]) => !reason);
  const known = one.differences.filter(([, , reason]) => reason);
  const [, latest, accepted] = one.nights[one.nights.length - 1];
  const id = `drift-${one.deployment}`;
  return h("section", { class: "card wide", "aria-labelledby": id },
    h("h2", { id }, one.deployment),
    h("p", {}, `${day(one.at)}: ${count(one.scenarios, "scenario", "scenarios")} compared, ${count(latest, "new difference", "new differences")}, ${accepted} known, ${one.same} kinds of things the same.`),
    fresh.length ? driftTable(`New differences of ${one.deployment}`, ["Where", "What"], fresh.map(([where, what]) => [where, what])) : h("p", { class: "calm" }, "Nothing new differs."),
    known.length ? h("details", {}, h("summary", {}, `${known.length} known, with their reasons`), driftTable(`Known differences of ${one.deployment}`, ["Where", "What", "Why"], known)) : null,
    one.nights.length > 1 ? h("details", {}, h("summary", {}, "Night by night"), driftTable(`Differences of ${one.deployment} night by night`, ["When", "New", "Known"], one.nights.toReversed().map(([at, added, kept]) => [day(at), String(added), String(kept)]))) : null);
}

function driftTable(label, names, rows) {
  return h("div", { class: "scroller", tabindex: "0", role: "region", "aria-label": label }, h("table", {},
    h("thead", {}, h("tr", {}, names.map((name) => h("th", { scope: "col" }, name)))),
    h("tbody", {}, rows.map((cells) => h("tr", {}, cells.map((cell) => h("td", {}, cell)))))));
}
