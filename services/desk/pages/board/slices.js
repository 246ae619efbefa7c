// Long work in short slices: no task keeps the page from answering a key or a tap, also on a slow or busy machine.
const SLICE_MILLISECONDS = 4;
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

/** Draws a few lines a frame, until `draw` says that nothing is left to change. */
export async function unhurried(draw) {
  while (!draw()) await painted();
}
