// The map: grids on one canvas, filled by how much is open, outlined by the worst card. Nothing is loaded from elsewhere.
import * as L from "leaflet";

const STEPS = [1, 3, 8];
const LINES = [null, "--blue", "--yellow", "--red", "--red"];
const WEIGHTS = [0.6, 1.5, 2, 2.5, 2.5];

function coloursOf(box) {
  const style = getComputedStyle(box);
  return (name) => style.getPropertyValue(name).trim();
}

const AT_ONCE = 60;

/** Draws the grids into `box`, a few in each task; gives `show(counts)`, which redraws only what changed. */
export async function drawGround(box, grids, onGrid, told, zoomControl) {
  const colour = coloursOf(box);
  const look = {
    fills: ["--surface", "--fill-1", "--fill-2", "--fill-3"].map(colour),
    lines: LINES.map((name) => (name ? colour(name) : colour("--line-strong"))),
  };
  const map = L.map(box, { preferCanvas: true, attributionControl: false, zoomSnap: 0.25, zoomAnimation: false, fadeAnimation: false, keyboard: false, zoomControl });
  const shapes = new Map();
  const ground = L.featureGroup().addTo(map);
  for (const grid of grids) {
    const shape = L.polygon(grid.rings, { ...styleOf([0, 0, 0], look) }).addTo(ground);
    shape.on("click", () => onGrid(grid.id));
    const known = { shape, key: "0,0", told: [0, 0, 0] };
    shape.bindTooltip(() => told(grid.name, known.told), { sticky: true });
    shapes.set(grid.id, known);
    if (shapes.size % AT_ONCE === 0) await new Promise((resolve) => setTimeout(resolve, 0));
  }
  if (grids.length) map.fitBounds(ground.getBounds(), { padding: [4, 4] });
  new ResizeObserver(() => { map.invalidateSize(false); if (grids.length) map.fitBounds(ground.getBounds(), { padding: [4, 4] }); }).observe(box);
  return (counts) => {
    for (const [id, known] of shapes) {
      const counted = counts[id] || [0, 0, 0];
      const key = `${level(counted[0])},${counted[2]}`;
      known.told = counted;
      if (key === known.key) continue;
      known.key = key;
      known.shape.setStyle(styleOf(counted, look));
      if (counted[2] > 0) known.shape.bringToFront();
    }
  };
}

function level(open) {
  return open === 0 ? 0 : open < STEPS[1] ? 1 : open < STEPS[2] ? 2 : 3;
}

function styleOf([open, , worst], look) {
  return { fillColor: look.fills[level(open)], fillOpacity: 1, color: look.lines[worst], weight: WEIGHTS[worst], lineJoin: "round" };
}
