// The board: a worker watches and counts, this draws what it sends, each part in a task of its own.
import { Telling } from "./telling.js";
import { drawColumn, drawFeed, drawWhistles, element } from "./lists.js";
import { Panel } from "./panel.js";
import { keys } from "./keys.js";
import { painted, rest, unhurried } from "./slices.js";

const NUMBERS = ["reported", "open", "overdue", "whistles", "rate"];
const SWITCHED_MILLISECONDS = 6000;
const COLUMNS = ["blue", "yellow", "red", "supervision"];
const FEED_MAX = 40;
const STALE_MILLISECONDS = 10000;
const ALIVE_MILLISECONDS = 60000;
const byId = (id) => document.getElementById(id);
const board = byId("board");
const wall = Boolean(board.dataset.wall);
// A screen that nobody is logged in at: it shows, and opens no case.
const screen = Boolean(board.dataset.screen);
const csrf = document.querySelector("meta[name=csrf]")?.content ?? "";

let [telling, panel, map, latest] = [null, null, null, null];
let received = 0;
let placed = new Map();
let feedShown = [];
let drawing = false;

const now = () => latest.asOf + latest.age + (performance.now() - received);

function text(id, value) {
  const box = byId(id);
  if (box.textContent !== value) box.textContent = value;
}

const WEEK_AGO = { reported: "reported_today", open: "open", overdue: "overdue", whistles: "whistles_open", rate: "on_time_rate_today" };

function drawNumbers() {
  const { numbers, trend, picture } = latest;
  for (const name of NUMBERS) {
    text(`n-${name}`, name === "rate" ? telling.percent(numbers.rate) : telling.number(numbers[name] ?? 0));
    if (trend) text(`t-${name}`, trendOf(name, numbers[name], trend));
  }
  byId("consulting").hidden = !picture.consulting;
  text("consulting", telling.say("board.consulting", { count: picture.consulting }));
  // How many and no more: not even which lane, for many eyes see a wall.
  const sensitive = Object.values(latest.sensitive).reduce((sum, open) => sum + open, 0);
  byId("sensitive").hidden = !sensitive;
  text("sensitive", telling.say("board.sensitive", { count: telling.number(sensitive) }));
}

// Against the same hour of last week; what counts up in a day also since Monday.
function trendOf(name, value, trend) {
  const change = telling.compared(value, trend.week_ago[WEEK_AGO[name]], name === "rate");
  const count = name === "reported" ? telling.number(Math.max(trend.week.reported, value)) : name === "rate" ? telling.percent(trend.week.on_time_rate) : null;
  return count === null ? change : `${change} · ${telling.say("board.this_week", { count })}`;
}

async function drawLadder() {
  const { columns, totals } = latest.picture;
  const seen = new Map();
  for (const name of COLUMNS) for (const row of columns[name]) seen.set(row.id, name);
  // Nothing moves under a pointer: what changed comes when it has left. The wall has no pointer.
  const held = !wall && document.querySelector(".ladder:hover, .ladder:focus-within");
  for (const name of COLUMNS) {
    text(`c-${name}-total`, telling.number(totals[name]));
    byId(`c-${name}-empty`).hidden = totals[name] > 0;
    if (held) continue;
    const arrived = new Set(columns[name].filter((row) => placed.size && placed.get(row.id) !== name && placed.has(row.id)).map((row) => row.id));
    await unhurried(() => drawColumn(byId(`c-${name}`), columns[name], telling, now(), arrived));
  }
  if (!held) placed = seen;
}

function drawSubdistricts() {
  const body = byId("subdistricts").tBodies[0];
  if (!body.closest("details").open) return;
  const rows = Object.entries(latest.picture.subdistricts).sort((one, other) => other[1][1] - one[1][1]);
  body.replaceChildren(...rows.map(([unit, [open, overdue]]) => element("tr", {}, element("th", { scope: "row" }, element("button", { type: "button", class: "plain", "data-list": "subdistrict", "data-key": unit }, telling.unit(unit) || "–")), element("td", {}, String(open)), element("td", {}, String(overdue)))));
}

async function drawNews() {
  const known = new Set(feedShown.map((one) => `${one.case_id}/${one.version}`));
  const news = latest.feed.filter((one) => !known.has(`${one.case_id}/${one.version}`)).length;
  byId("feed-empty").hidden = latest.feed.length > 0;
  if (wall || !feedShown.length) { await showFeed(); return; }
  byId("feed-new").hidden = !news;
  text("feed-new", telling.say("board.news", { count: news }));
}

async function showFeed() {
  feedShown = latest.feed.slice(0, FEED_MAX);
  byId("feed-new").hidden = true;
  await unhurried(() => drawFeed(byId("feed"), feedShown, telling, now()));
}

async function drawCalls() {
  byId("whistles-empty").hidden = latest.whistles.length > 0;
  await unhurried(() => drawWhistles(byId("whistles"), latest.whistles, telling, now()));
}

function drawStrip() {
  if (!latest || !latest.asOf) return;
  const age = latest.age + (performance.now() - received);
  text("as-of", telling.say("board.as_of", { at: telling.moments.clock(latest.asOf) }));
  text("connection", telling.say(`board.connection_${latest.connection}`));
  byId("connection").className = `connection ${latest.connection}`;
  const stale = age > STALE_MILLISECONDS || latest.connection === "locked";
  byId("stale").hidden = !stale;
  if (stale) text("stale", latest.connection === "locked" ? telling.say("board.locked") : telling.say("board.stale", { span: Math.round(age / 1000) }));
}

// Each part is a task of its own, so that none of them keeps the page from answering a key or a tap.
async function draw() {
  if (drawing || !telling || !latest?.picture) return;
  drawing = true;
  const parts = [drawNumbers, () => map && map.show(latest.picture.grids), drawLadder,
    drawCalls, drawNews, drawSubdistricts, drawStrip];
  try {
    for (const part of parts) { await part(); await painted(); }
  } finally { drawing = false; }
}

// The worker reads names and ground too: what is large is parsed there and comes in pieces.
function startWorker() {
  const worker = new Worker(board.dataset.worker);
  worker.onmessage = ({ data }) => {
    if (data.known) { start(worker, data.known); return; }
    if (data.ground) { addGround(data.ground); return; }
    if (data.failed) { panel.failed(() => worker.postMessage({ list: data.list })); return; }
    if (data.list) { panel.list(titleOf(data.list), data, telling, now()); return; }
    if (!data.picture) { latest = { ...latest, connection: data.connection }; drawStrip(); return; }
    latest = data;
    received = performance.now();
    draw();
  };
  worker.postMessage({ start: board.dataset.root, names: board.dataset.names, hours: board.dataset.hours, zone: board.dataset.zone });
}

async function addGround(grids) {
  await map.add(grids);
  if (latest?.picture) map.show(latest.picture.grids);
}

// The map is a script of its own: it is read when the first picture stands.
function loadMap(worker, known) {
  const script = document.createElement("script");
  script.src = board.dataset.map;
  script.onload = async () => {
    await rest();
    const list = (grid) => worker.postMessage({ list: { which: "grid", key: grid, midnight: telling.moments.midnight(now()) } });
    const told = (name, [open, late]) => `${name} · ${telling.say("board.grid_told", { open, late })}`;
    map = window.whistleMap(byId("map"), known.bounds, { onGrid: list, told, zoomControl: !wall });
    worker.postMessage({ ground: true });
  };
  document.head.append(script);
}

function titleOf(asked) {
  if (asked.which === "grid") return telling.names.grids[asked.key] ?? asked.key;
  if (asked.which === "subdistrict") return telling.unit(asked.key) || "–";
  return telling.say(asked.which === "column" ? `board.column_${asked.key}` : `board.number_${asked.which}`);
}

function isOld(told) {
  return told.build !== board.dataset.build || String(told.version) !== board.dataset.version;
}

async function stayAlive() {
  try {
    const answer = await fetch("/board/alive", { headers: { "x-requested-with": "page" } });
    const told = answer.ok ? await answer.json() : null;
    if (!told) return;
    // What is half written in the panel is not lost for new names or a new script.
    if (isOld(told) && (wall || byId("panel").hidden)) { location.reload(); return; }
    byId("proposals").hidden = !told.proposals;
    text("proposals", telling.say("board.proposals", { count: told.proposals }));
    byId("mode").className = `mode ${told.emergency ? "urgent" : ""}`;
    text("mode", telling.say(told.emergency ? "board.mode_emergency" : "board.mode_usual"));
  } catch (error) { return; }
}

async function start(worker, known) {
  telling = new Telling(known, board.dataset.language);
  panel = new Panel(byId("panel"), byId("panel-content"), csrf, (key) => telling.say(key), () => { stayAlive(); setTimeout(stayAlive, SWITCHED_MILLISECONDS); });
  await rest();
  const list = (which, key) => worker.postMessage({ list: { which, key, midnight: telling.moments.midnight(now()) } });
  document.addEventListener("click", ({ target }) => {
    const asked = target.closest("button[data-case], button[data-list], button[data-panel]");
    if (!asked || (screen && !asked.dataset.list)) return;
    if (asked.dataset.case) panel.open(`/cases/${asked.dataset.case}?part=1`);
    else if (asked.dataset.panel) panel.open(asked.dataset.panel);
    else if (latest?.asOf) list(asked.dataset.list, asked.dataset.key);
  });
  byId("feed-new").onclick = showFeed;
  byId("panel-close").onclick = () => panel.close();
  keys(board, byId("panel"));
  setInterval(drawStrip, 1000);
  setInterval(stayAlive, ALIVE_MILLISECONDS);
  for (const part of document.querySelectorAll(".waiting")) { part.classList.remove("waiting"); await painted(); }
  await draw();
  if (known.bounds) loadMap(worker, known);
}

startWorker();
