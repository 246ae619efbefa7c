// What moves is asked for again every five seconds; it waits while somebody's hand or keyboard is inside.
import { maps } from "../queue/maps.js";

const EVERY_MS = 5000;
const moving = document.getElementById("moving");
let etag = "";

async function refresh() {
  if (document.hidden || moving.contains(document.activeElement) || moving.matches(":active")) return;
  try {
    const headers = { "X-Requested-With": "page" };
    if (etag) headers["If-None-Match"] = etag;
    const answer = await fetch(moving.dataset.rows, { headers });
    moving.classList.toggle("stale", !answer.ok && answer.status !== 304);
    if (answer.status === 401) location.reload();
    if (!answer.ok) return;
    etag = answer.headers.get("etag") || "";
    moving.innerHTML = await answer.text();
  } catch (error) {
    moving.classList.add("stale");
  }
}

setInterval(refresh, EVERY_MS);

// Open where there is room for it; on a phone a tap away.
const ground = document.querySelector("details.ground");
if (ground) {
  ground.hidden = false;
  ground.open = window.matchMedia("(min-width: 900px)").matches;
  maps(ground);
}
