// The queue is quicker with this and works without it: rows refresh by themselves and announce what is new, a case opens
// beside the list, acts answer in place, and everything has a key.
import "./calling.js";
import { keys } from "./keys.js";
import { detail } from "./detail.js";
import { live } from "./live.js";

const rows = document.getElementById("rows");
const panel = detail(document.getElementById("detail"), document.getElementById("desk"));
if (rows) {
  const list = live(rows, panel);
  keys(rows, panel, list);
  rows.addEventListener("click", (event) => {
    const row = event.target.closest("tr[data-case]");
    if (!row || event.target.closest("input, label, button") || event.ctrlKey || event.metaKey || event.button) return;
    event.preventDefault();
    panel.open(row);
  });
}
