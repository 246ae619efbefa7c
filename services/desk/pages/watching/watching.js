// The board's worker: subscribes, fetches a fresh picture, then applies facts; sends the page at most two pictures a second.
// Everything large is read, parsed and counted here, so that the page's own thread only draws.
import { ENDED, Store, endedOf } from "./store.js";
import { listOf, listWithEnded, pictureOf } from "./picture.js";
import { Calendars } from "./calendars.js";
import { Whistles } from "./whistles.js";
import { offsetsOf } from "./offsets.js";

const RENDER_MILLISECONDS = 500;
const SNAPSHOT_MILLISECONDS = 5000;
const TREND_MILLISECONDS = 60000;
const AGAIN_MILLISECONDS = 3000;
const FEED_MAX = 60;
const WHISTLES_MAX = 30;
const GRIDS_AT_ONCE = 40;

const store = new Store();
const whistles = new Whistles();
const calendars = new Calendars();
let root = "";
let officeHours = "";
let connection = "connecting";
let snapshot = null;
let trend = null;
let told = { at: 0, heard: 0 };
let feed = [];
let waiting = null;
let filled = false;
let source = null;
let dirty = true;
let ground = [];
let today = { reported: 0, closed: 0, onTime: 0 };

async function read(name) {
  const answer = await fetch(`${root}/api/v1/board/${name}`, { credentials: "include", cache: "no-store" });
  if (answer.status === 401) { become("locked"); throw new Error("locked"); }
  if (!answer.ok) throw new Error(String(answer.status));
  return answer.json();
}

function become(state) {
  if (connection !== state) { connection = state; dirty = true; }
}

function heard(at) {
  told = { at: Math.max(told.at, Date.parse(at)), heard: performance.now() };
  dirty = true;
}

function now() {
  return told.at + (performance.now() - told.heard);
}

function take(delta) {
  if (waiting) { waiting.push(delta); return; }
  const known = store.rows.get(delta.case_id);
  if (!store.apply(delta)) return;
  whistles.apply(delta);
  feed.unshift(delta);
  if (feed.length > FEED_MAX) feed.length = FEED_MAX;
  if (snapshot && Date.parse(delta.at) > Date.parse(snapshot.as_of)) {
    if (delta.what.type === "opened") today.reported += 1;
    if (known && ENDED.has(delta.state)) { today.closed += 1; if (delta.what.on_time) today.onTime += 1; }
  }
  if (Date.parse(delta.at) > now()) told = { at: Date.parse(delta.at), heard: performance.now() };
  dirty = true;
}

async function refresh() {
  try {
    snapshot = await read("snapshot");
    today = { reported: 0, closed: 0, onTime: 0 };
    whistles.replace(snapshot);
    heard(snapshot.as_of);
    // Not while the cases are still on their way: what is live is whole.
    if (!waiting && source && source.readyState === EventSource.OPEN) become("live");
  } catch (error) { dirty = true; }
}

async function refreshTrend() {
  try { trend = await read("trend"); dirty = true; } catch (error) { dirty = true; }
}

// What comes while the picture is fetched waits, so nothing between the two is lost.
async function begin() {
  waiting = waiting || [];
  try {
    const [cases, recent] = await Promise.all([read("cases"), read("recent"), refresh()]);
    store.replace(cases);
    filled = true;
    feed = recent.slice(0, FEED_MAX);
    heard(cases.as_of);
    become("live");
  } catch (error) {
    setTimeout(connect, AGAIN_MILLISECONDS);
    return;
  }
  const missed = waiting;
  waiting = null;
  missed.forEach(take);
}

function connect() {
  if (source) source.close();
  waiting = [];
  source = new EventSource(`${root}/api/v1/board/feed`, { withCredentials: true });
  source.addEventListener("hello", begin);
  source.addEventListener("case", (event) => take(JSON.parse(event.data)));
  source.addEventListener("resync", again);
  source.addEventListener("bye", again);
  source.onerror = () => {
    if (connection !== "locked") become("broken");
    // A refusal ends an event source for good; a lost connection it mends itself.
    if (source.readyState === EventSource.CLOSED) setTimeout(connect, AGAIN_MILLISECONDS);
  };
}

function again() {
  source.close();
  become("broken");
  setTimeout(connect, AGAIN_MILLISECONDS * (0.5 + Math.random()));
}

function numbers(picture) {
  const counts = snapshot ? snapshot.counts : {};
  const closed = (counts.closed_today || 0) + today.closed;
  const counted = filled && store.complete;
  return {
    reported: (counts.reported_today || 0) + today.reported,
    open: counted ? picture.open : counts.open,
    overdue: counted ? picture.overdue : counts.overdue,
    whistles: counted ? picture.whistles : counts.whistles_open,
    rate: closed ? ((counts.on_time_today || 0) + today.onTime) / closed : null,
    closed,
  };
}

function show() {
  if (!dirty || !told.at) { if (dirty && connection !== "connecting") postMessage({ connection }); return; }
  const at = now();
  const picture = pictureOf(store.rows, at);
  const open = whistles.list.slice(0, WHISTLES_MAX);
  // A card that is drawn before its office hours are known would be drawn twice.
  if (hoursMissing([...Object.values(picture.columns).flat(), ...open.flatMap((one) => one.calls || [])])) return;
  dirty = false;
  for (const name of Object.keys(picture.columns)) picture.columns[name] = picture.columns[name].map((row) => withWork(row, at));
  postMessage({
    connection, asOf: told.at, age: performance.now() - told.heard, numbers: numbers(picture), trend, picture,
    whistles: open.map((one) => ({ ...one, work: workToReportIn(one, at) })), feed, sensitive: snapshot ? snapshot.sensitive : {},
    complete: store.complete,
  });
}

function hoursMissing(rows) {
  calendars.ask(officeHours, new Set(rows.map((row) => row.calendar)), () => { dirty = true; });
  return calendars.waits;
}

function withWork(row, at) {
  return { ...row, work: calendars.left(row.calendar, row.due, at) };
}

function workToReportIn(whistle, at) {
  const calls = (whistle.calls || []).filter((call) => call.due_at);
  const last = calls.reduce((latest, call) => (latest && Date.parse(latest.due_at) >= Date.parse(call.due_at) ? latest : call), null);
  return last && calendars.left(last.calendar, Date.parse(last.due_at), at);
}

// A wall that comes up before the desk does must not stay empty.
async function know(address, zone) {
  let told = null;
  try {
    const answer = await fetch(address, { headers: { "x-requested-with": "page" } });
    if (answer.ok) told = await answer.json();
  } catch (error) { /* asked again below */ }
  if (!told) { setTimeout(() => know(address, zone), AGAIN_MILLISECONDS); return; }
  ground = told.grids;
  const { words, units, items } = told;
  const grids = Object.fromEntries(ground.map((grid) => [grid.id, grid.name]));
  postMessage({ known: { words, units, items, grids, bounds: boundsOf(ground), offsets: offsetsOf(zone, Date.now()) } });
}

function boundsOf(grids) {
  const [south, west, north, east] = [90, 180, -90, -180];
  const bounds = [[south, west], [north, east]];
  for (const grid of grids) {
    for (const [y, x] of grid.rings.flat(2)) {
      bounds[0] = [Math.min(bounds[0][0], y), Math.min(bounds[0][1], x)];
      bounds[1] = [Math.max(bounds[1][0], y), Math.max(bounds[1][1], x)];
    }
  }
  return grids.length ? bounds : null;
}

// Cases that ended are not kept here: who opens such a list waits for a moment.
async function list(asked) {
  if (!filled) { setTimeout(() => list(asked), RENDER_MILLISECONDS); return; }
  let told = null;
  if (asked.which === "rate" || asked.which === "reported") {
    try { told = listWithEnded(store.rows, endedOf(await read("ended")), asked); } catch (error) { told = null; }
  }
  if (!told && asked.which === "rate") { postMessage({ list: asked, failed: true }); return; }
  const found = told || listOf(store.rows, asked);
  if (hoursMissing(found.cases)) { setTimeout(() => list(asked), RENDER_MILLISECONDS); return; }
  postMessage({ list: asked, ...found, cases: found.cases.map((row) => withWork(row, asked.now)) });
}

onmessage = (event) => {
  const asked = event.data;
  if (asked.start) {
    root = asked.start;
    if (root === "/") root = "";
    officeHours = asked.hours;
    know(asked.names, asked.zone);
    connect();
    refreshTrend();
    setInterval(refresh, SNAPSHOT_MILLISECONDS);
    setInterval(refreshTrend, TREND_MILLISECONDS);
    setInterval(show, RENDER_MILLISECONDS);
  } else if (asked.list) {
    list({ ...asked.list, now: now() });
  } else if (asked.ground) {
    for (let at = 0; at < ground.length; at += GRIDS_AT_ONCE) postMessage({ ground: ground.slice(at, at + GRIDS_AT_ONCE) });
  } else if (asked.refresh) refresh();
};
