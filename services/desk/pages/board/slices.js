// Long work in short slices: no task keeps the page from answering a key or a tap, also on a slow or busy machine.
const SLICE_MILLISECONDS = 6;
const GROWS_BY = 6;
const UNSEEN_MILLISECONDS = 100;

export const rest = () => new Promise((resolve) => setTimeout(resolve, 0));

/** Waits until what was changed has been drawn, so that each change costs a frame of its own; a hidden page does not wait. */
export const painted = () => new Promise((resolve) => {
  const unseen = setTimeout(resolve, UNSEEN_MILLISECONDS);
  requestAnimationFrame(() => { clearTimeout(unseen); setTimeout(resolve, 0); });
});

/** Does something with each item, by the clock: what takes long on this machine is done in more slices. */
export async function inSlices(items, does) {
  let began = performance.now();
  for (const item of items) {
    does(item);
    if (performance.now() - began < SLICE_MILLISECONDS) continue;
    await rest();
    began = performance.now();
  }
}

/** Draws a list that grows by a few lines a frame, until it is whole. */
export async function growing(box, items, draw) {
  let many = Math.min(box.children.length, items.length);
  do {
    many = Math.min(many + GROWS_BY, items.length);
    draw(box, items.slice(0, many));
    await painted();
  } while (many < items.length);
}
