// 1…5 open the numbers, 6…9 the ladder's columns, j k move from case to case, n shows what is new, ? tells all of them.
const PRESSED = { c: "consulting", p: "proposals", m: "mode", n: "feed-new" };

export function keys(board, panel) {
  const told = document.getElementById("keys-told");
  const opener = document.getElementById("keys");
  if (opener) {
    opener.hidden = false;
    opener.addEventListener("click", () => told.showModal());
  }
  const lists = () => [...board.querySelectorAll(".numbers [data-list], .ladder h2 [data-list]")];

  function move(by) {
    const within = panel.hidden ? board : panel;
    const cases = [...within.querySelectorAll("button[data-case]")].filter((one) => one.offsetParent);
    const at = cases.indexOf(document.activeElement);
    const next = cases[at < 0 ? 0 : Math.min(Math.max(at + by, 0), cases.length - 1)];
    if (next) next.focus();
  }

  function press(key) {
    if (key === "?") { told.showModal(); return true; }
    if (key === "j" || key === "k") { move(key === "j" ? 1 : -1); return true; }
    const button = key in PRESSED ? document.getElementById(PRESSED[key]) : /^[1-9]$/.test(key) ? lists()[Number(key) - 1] : null;
    if (!button || button.hidden) return false;
    button.click();
    return true;
  }

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || told.open) return;
    if (event.target.closest("input, textarea, select")) return;
    if (press(event.key)) event.preventDefault();
  });
}
