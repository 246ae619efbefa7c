// Maps of staff, loaded where one is opened: ground on a canvas, a pin that a form sends, dots of cases. No tiles.
import * as L from "leaflet";

const root = document.documentElement;
const colour = (name) => getComputedStyle(root).getPropertyValue(name).trim();
const WEIGHT = { calm: "--muted", blue: "--blue", yellow: "--yellow", red: "--red" };
const known = new Map();

async function grids(address) {
  if (!known.has(address)) known.set(address, fetch(address).then((answer) => (answer.ok ? answer.json() : { grids: [] })));
  return (await known.get(address)).grids;
}

function drawGround(map, list, onTap) {
  const ground = L.featureGroup().addTo(map);
  if (onTap) ground.on("click", onTap);
  const look = { color: colour("--line-strong"), weight: 1, fillColor: colour("--surface"), fillOpacity: 1, interactive: Boolean(onTap) };
  for (const grid of list) L.polygon(grid.rings, look).addTo(ground);
  return ground;
}

async function opened(box, onTap) {
  const map = L.map(box, { preferCanvas: true, attributionControl: false, zoomSnap: 0.25, zoomAnimation: false, fadeAnimation: false });
  const ground = drawGround(map, await grids(box.dataset.ground), onTap);
  const bounds = ground.getBounds();
  const fit = () => bounds.isValid() && map.fitBounds(bounds, { padding: [6, 6] });
  fit();
  new ResizeObserver(() => { map.invalidateSize(false); if (!box.dataset.pinned) fit(); }).observe(box);
  return map;
}

function dot(map, at, look) {
  return L.circleMarker(at, { radius: 7, weight: 2, color: colour("--surface"), fillOpacity: 1, interactive: false, ...look }).addTo(map);
}

const pointOf = (text) => (text ? text.split(",").map(Number) : null);

/** A field of a form: a tap on the ground sets the pin, and the form sends it; what was there before is a dot. */
async function field(box) {
  const frame = box.closest(".point");
  const map = await opened(box, ({ latlng }) => set(latlng));
  const [longitude, latitude] = ["longitude", "latitude"].map((name) => frame.querySelector(`input[name="f.${name}"]`));
  const clear = frame.querySelector("button");
  const told = frame.querySelector("output");
  const before = pointOf(box.dataset.at);
  if (before) {
    dot(map, before, { fillColor: colour("--muted") });
    map.setView(before, map.getZoom() + 2);
    box.dataset.pinned = "1";
  }
  let pin = null;
  const set = (latlng) => {
    if (!pin) pin = dot(map, latlng, { radius: 10, weight: 4, color: colour("--red"), fillColor: colour("--surface") });
    pin.setLatLng(latlng).addTo(map).bringToFront();
    box.dataset.pinned = "1";
    [longitude.value, latitude.value] = [latlng.lng.toFixed(6), latlng.lat.toFixed(6)];
    told.textContent = told.dataset.chosen;
    clear.hidden = false;
  };
  clear.addEventListener("click", () => {
    if (pin) pin.remove();
    longitude.value = latitude.value = "";
    told.textContent = told.dataset.none;
    clear.hidden = true;
  });
}

/** The desk's own map: a dot for each case that has a point, a ring for each whistle; `mark` draws them again. */
async function area(box) {
  const map = await opened(box);
  const layer = L.layerGroup().addTo(map);
  const marks = document.getElementById(box.dataset.marks);
  const mark = () => {
    layer.clearLayers();
    for (const each of marks.querySelectorAll("[data-point]")) {
      const at = pointOf(each.dataset.point);
      const whistle = each.dataset.card === "whistle";
      const fill = colour(whistle ? "--surface" : WEIGHT[each.dataset.card] || "--muted");
      const look = { radius: whistle ? 10 : 7, weight: whistle ? 4 : 1.5, fillColor: fill, interactive: true };
      const shown = L.circleMarker(at, { ...look, fillOpacity: 1, color: colour(whistle ? "--red" : "--surface") }).addTo(layer);
      shown.bindTooltip(document.createTextNode(each.dataset.name));
      shown.on("click", () => location.assign(each.dataset.address));
    }
  };
  mark();
  new MutationObserver(mark).observe(marks, { childList: true });
}

window.whistleGround = (scope) => {
  for (const box of scope.querySelectorAll("[data-ground]:not([data-drawn])")) {
    if (!box.offsetParent) continue;
    box.dataset.drawn = "1";
    (box.dataset.marks ? area : field)(box);
  }
};
window.whistleGround(document);
