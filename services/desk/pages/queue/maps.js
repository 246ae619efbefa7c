// A map is loaded when it is first seen: most people of a queue never open one.
let loading = false;

function load(box) {
  if (loading) return;
  loading = true;
  const style = document.createElement("link");
  style.rel = "stylesheet";
  style.href = box.dataset.style;
  const script = document.createElement("script");
  script.src = box.dataset.script;
  style.addEventListener("load", () => document.head.append(script));
  document.head.append(style);
}

/** Shows the maps within `scope` that can be seen now. */
export function maps(scope) {
  for (const frame of scope.querySelectorAll(".point[hidden]")) frame.hidden = false;
  if (window.whistleGround) return window.whistleGround(scope);
  for (const box of scope.querySelectorAll("[data-ground]")) if (box.offsetParent) return load(box);
}

document.addEventListener("toggle", (event) => event.target.open && maps(event.target), true);
