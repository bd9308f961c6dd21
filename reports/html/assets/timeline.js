"use strict";
// What happened when: a lane for each kind of thing, that can be zoomed by mouse, touch and keyboard.
const LANES = { step: "Steps", wait: "Waits", call: "Client library", request: "Requests", queue: "Messages", pod: "Pods", error: "Errors" };
const ROW = 20;
/** Times are rounded to milliseconds, so what follows at once may seem to begin before the end of what it follows. */
const ROUNDED = 0.0015;
const TICKS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800, 3600];
/** Pixels that a time needs. */
const TICK_WIDTH = 64;

function makeTimeline(scenario, details) {
  const events = [
    ...details.steps.filter((step) => step.at !== undefined).map((step) =>
      ({ kind: "step", at: step.at, seconds: step.seconds, what: data.sentences[step.s], detail: "", times: 1, failed: BAD.has(step.status), node: "" })),
    ...details.events.map(([kind, at, seconds, what, detail, times, failed, node]) => ({ kind, at, seconds, what, detail, times, failed: Boolean(failed), node: data.nodes[node] || "" })),
  ].filter((event) => LANES[event.kind]);
  const whole = Math.max(0.01, ...events.map((event) => event.at + event.seconds));
  const lanes = Object.keys(LANES).map((kind) => ({ kind, events: events.filter((event) => event.kind === kind).sort((a, b) => a.at - b.at) })).filter((lane) => lane.events.length);
  const timeline = { from: 0, to: whole, whole, lanes, chosen: null };
  timeline.scale = h("div", { class: "scale", "aria-hidden": "true" });
  timeline.about = h("div", { class: "about", "aria-live": "polite" }, h("p", { class: "note" }, "Choose something to see what it was. Arrow keys go from one to the next."));
  timeline.field = h("div", { class: "field" }, timeline.scale, lanes.map((lane) => makeLane(lane, timeline)));
  timeline.zoomTo = (from, to) => {
    const room = Math.max((to - from) * 0.1, 0.002);
    setRange(timeline, from - room, to + room);
    timeline.element.scrollIntoView({ block: "nearest" });
  };
  timeline.element = h("section", { class: "card wide timeline", "aria-label": "Timeline" },
    h("div", { class: "row" }, h("h2", {}, "What happened when"), h("span", { class: "spring" }),
      h("div", { class: "zoom", role: "group", "aria-label": "Zoom" },
        zoomButton("−", "Zoom out", () => zoom(timeline, 2)), zoomButton("+", "Zoom in", () => zoom(timeline, 0.5)),
        zoomButton("←", "Earlier", () => pan(timeline, -0.3)), zoomButton("→", "Later", () => pan(timeline, 0.3)),
        zoomButton("whole", "Show all of it", () => setRange(timeline, 0, whole)))),
    timeline.field, timeline.about,
    details.left_out ? h("p", { class: "note" }, `${details.left_out} earlier things are left out to keep this page small; ringmaster show has all of them.`) : null);
  listen(timeline);
  place(timeline);
  // only in the page it is known how wide it is
  new ResizeObserver(() => place(timeline)).observe(timeline.scale);
  return timeline;
}

function zoomButton(words, label, does) {
  return h("button", { type: "button", class: "button quiet", "aria-label": label, title: label, onclick: does }, words);
}

/** A lane; what happens at the same time stands in rows below each other. */
function makeLane(lane, timeline) {
  const ends = [];
  lane.bars = lane.events.map((event) => {
    let row = ends.findIndex((end) => end <= event.at + ROUNDED);
    if (row < 0) row = ends.length < 6 ? ends.length : 5;
    ends[row] = event.at + event.seconds;
    const words = `${LANES[event.kind]}: ${event.what}, at ${took(event.at)}, ${took(event.seconds)}${event.times > 1 ? `, ${event.times} times` : ""}${event.failed ? ", failed" : ""}`;
    const bar = h("button", { type: "button", class: `bar ${event.kind} ${event.failed ? "bad" : ""}`, tabindex: "-1", "aria-label": words, title: words, style: { top: `${row * ROW + 3}px` } },
      h("span", { "aria-hidden": "true" }, event.what));
    bar.addEventListener("focus", () => choose(timeline, event, bar));
    bar.addEventListener("click", () => choose(timeline, event, bar));
    return { event, bar };
  });
  const rows = Math.max(1, ends.length);
  return h("div", { class: "lane" }, h("span", { class: "lane-name" }, LANES[lane.kind]), h("div", { class: "bars", style: { height: `${rows * ROW + 6}px` } }, lane.bars.map((one) => one.bar)));
}

function place(timeline) {
  const { from, to } = timeline;
  const span = to - from;
  for (const lane of timeline.lanes) {
    for (const { event, bar } of lane.bars) {
      const left = ((event.at - from) / span) * 100;
      const width = (event.seconds / span) * 100;
      bar.hidden = left > 100 || left + width < 0;
      const shown = Math.max(0, left);
      bar.style.left = `${shown}%`;
      bar.style.width = `${Math.max(0, Math.min(100, left + width) - shown)}%`;
      bar.classList.toggle("thin", width < 6);
    }
  }
  const room = (span * TICK_WIDTH) / (timeline.scale.clientWidth || 800);
  const apart = tickOf(room);
  const ticks = Array.from({ length: Math.floor(to / apart + 1e-9) - Math.ceil(from / apart - 1e-9) + 1 }, (_, number) => (Math.ceil(from / apart - 1e-9) + number) * apart);
  timeline.scale.replaceChildren(...ticks.filter((tick) => tick <= to - room).map((tick) => h("span", { style: { left: `${((tick - from) / span) * 100}%` } }, tickWords(tick))));
  const first = timeline.lanes[0]?.bars.find((one) => !one.bar.hidden);
  if (first && !timeline.field.querySelector('.bar[tabindex="0"]:not([hidden])')) first.bar.tabIndex = 0;
}

/** The first round time that is at least so long. */
function tickOf(seconds) {
  if (seconds > 1) return TICKS.find((one) => one >= seconds) || Math.ceil(seconds / 3600) * 3600;
  const power = 10 ** Math.floor(Math.log10(seconds));
  return [1, 2, 5, 10].find((one) => one * power >= seconds * 0.999) * power;
}

function tickWords(seconds) {
  return seconds > 0 && seconds < 1 ? `${Number((seconds * 1000).toFixed(1))} ms` : seconds < 100 ? `${Number(seconds.toFixed(3))} s` : took(seconds);
}

function setRange(timeline, from, to) {
  const span = Math.min(timeline.whole, Math.max(0.002, to - from));
  timeline.from = Math.max(0, Math.min(from, timeline.whole - span));
  timeline.to = timeline.from + span;
  place(timeline);
}

function zoom(timeline, factor, middle = (timeline.from + timeline.to) / 2) {
  setRange(timeline, middle - (middle - timeline.from) * factor, middle + (timeline.to - middle) * factor);
}

function pan(timeline, share) {
  const by = (timeline.to - timeline.from) * share;
  setRange(timeline, timeline.from + by, timeline.to + by);
}

function choose(timeline, event, bar) {
  timeline.field.querySelectorAll('.bar[tabindex="0"]').forEach((one) => { one.tabIndex = -1; one.classList.remove("chosen"); });
  bar.tabIndex = 0;
  bar.classList.add("chosen");
  timeline.chosen = event;
  timeline.about.replaceChildren(
    h("p", {}, h("b", {}, event.what), event.times > 1 ? ` (${event.times} times)` : ""),
    h("p", { class: "note" }, [LANES[event.kind].replace(/s$/, ""), `began at ${took(event.at)}`, `took ${took(event.seconds)}`, event.node ? `with ${event.node}` : "", event.failed ? "went wrong" : ""].filter(Boolean).join(" · ")),
    event.detail ? h("pre", { tabindex: "0" }, event.detail) : "");
}

function listen(timeline) {
  const field = timeline.field;
  const timeAt = (event) => {
    const box = timeline.scale.getBoundingClientRect();
    return timeline.from + ((event.clientX - box.left) / box.width) * (timeline.to - timeline.from);
  };
  field.addEventListener("wheel", (event) => {
    if (!event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    zoom(timeline, event.deltaY > 0 ? 1.25 : 0.8, timeAt(event));
  }, { passive: false });
  field.addEventListener("dblclick", (event) => zoom(timeline, 0.4, timeAt(event)));
  field.addEventListener("keydown", (event) => {
    const does = { "+": () => zoom(timeline, 0.5), "=": () => zoom(timeline, 0.5), "-": () => zoom(timeline, 2), 0: () => setRange(timeline, 0, timeline.whole),
      ArrowRight: () => step(timeline, 1), ArrowLeft: () => step(timeline, -1), ArrowDown: () => changeLane(timeline, 1), ArrowUp: () => changeLane(timeline, -1) }[event.key];
    if (!does) return;
    event.preventDefault();
    does();
  });
}

function step(timeline, by) {
  const lane = timeline.lanes.find((one) => one.bars.some(({ event }) => event === timeline.chosen)) || timeline.lanes[0];
  const bars = lane.bars.filter(({ bar }) => !bar.hidden);
  const next = bars[bars.findIndex(({ event }) => event === timeline.chosen) + by];
  if (next) next.bar.focus();
}

function changeLane(timeline, by) {
  const here = timeline.lanes.findIndex((one) => one.bars.some(({ event }) => event === timeline.chosen));
  const bars = timeline.lanes[here + by]?.bars.filter(({ bar }) => !bar.hidden);
  if (!bars?.length) return;
  const at = timeline.chosen ? timeline.chosen.at : 0;
  bars.reduce((best, one) => (Math.abs(one.event.at - at) < Math.abs(best.event.at - at) ? one : best)).bar.focus();
}
