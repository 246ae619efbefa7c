// The board's map, a script of its own so that it is read when the rest is drawn: grids on one canvas, filled by how much
// is open, outlined by the worst card. Nothing is loaded from elsewhere.
// Of Leaflet only what it uses: the whole of it takes twice as long to read.
import { map as mapIn } from "leaflet/src/map/index.js";
import "leaflet/src/control/Control.Zoom.js";
import "leaflet/src/layer/vector/Renderer.getRenderer.js";
import { featureGroup } from "leaflet/src/layer/FeatureGroup.js";
import "leaflet/src/layer/Tooltip.js";
import { polygon } from "leaflet/src/layer/vector/Polygon.js";
import { inSlices, rest } from "../board/slices.js";

const STEPS = [1, 3, 8];
const LINES = [null, "--blue", "--yellow", "--red", "--red"];
const WEIGHTS = [0.6, 1.5, 2, 2.5, 2.5];
const NOTHING = [0, 0, 0];

function lookOf(box) {
  const style = getComputedStyle(box);
  const colour = (name) => style.getPropertyValue(name).trim();
  return {
    fills: ["--surface", "--fill-1", "--fill-2", "--fill-3"].map(colour),
    lines: LINES.map((name) => colour(name || "--line-strong")),
  };
}

function level(open) {
  return open === 0 ? 0 : open < STEPS[1] ? 1 : open < STEPS[2] ? 2 : 3;
}

function styleOf([open, , worst], look) {
  return { fillColor: look.fills[level(open)], fillOpacity: 1, color: look.lines[worst], weight: WEIGHTS[worst], lineJoin: "round" };
}

// The view is set before there is anything to draw: each grid is then placed once, in the slice that adds it.
function viewOf(box, bounds, zoomControl) {
  const map = mapIn(box, { preferCanvas: true, attributionControl: false, zoomSnap: 0.25, zoomAnimation: false, fadeAnimation: false, keyboard: false, zoomControl });
  const fit = () => map.fitBounds(bounds, { padding: [4, 4] });
  let size = "";
  fit();
  // Every grid is placed anew: in a task of its own, not in the frame that changed the size.
  new ResizeObserver(async () => {
    const [before, now] = [size, `${box.clientWidth}/${box.clientHeight}`];
    size = now;
    if (!before || now === before) return;
    await rest();
    map.invalidateSize(false);
    fit();
  }).observe(box);
  return map;
}

/** Gives `add(grids)`, and `show(counts)`, which redraws only what changed; both work in slices. */
window.whistleMap = (box, bounds, { onGrid, told, zoomControl }) => {
  const look = lookOf(box);
  const shapes = new Map();
  const ground = featureGroup().addTo(viewOf(box, bounds, zoomControl));
  ground.on("click", ({ layer }) => onGrid(layer.options.grid.id));
  // A node and no string: names are written by people.
  ground.bindTooltip((shape) => document.createTextNode(told(shape.options.grid.name, shapes.get(shape.options.grid.id).told)), { sticky: true });
  return {
    add: (grids) => inSlices(grids, (grid) => {
      const shape = polygon(grid.rings, { ...styleOf(NOTHING, look), grid });
      shapes.set(grid.id, { shape, key: "0,0", told: NOTHING });
      shape.addTo(ground);
    }),
    show: (counts) => inSlices(shapes, ([id, known]) => {
      const counted = counts[id] || NOTHING;
      const key = `${level(counted[0])},${counted[2]}`;
      known.told = counted;
      if (key === known.key) return;
      known.key = key;
      known.shape.setStyle(styleOf(counted, look));
      if (counted[2] > 0) known.shape.bringToFront();
    }),
  };
};
