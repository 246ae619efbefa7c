// j k move, Enter opens, s r h act, x chooses, / finds, Esc closes, ? tells.
export function keys(rows, panel) {
  const told = document.getElementById("keys-told");
  const opener = document.getElementById("keys");
  opener.hidden = false;
  opener.addEventListener("click", () => told.showModal());

  const all = () => [...rows.querySelectorAll("tr[data-case]")];
  const here = () => {
    const focused = document.activeElement.closest("tr[data-case]");
    return focused || rows.querySelector("tr[aria-current=true]");
  };

  function move(by) {
    const list = all();
    if (!list.length) return;
    const at = list.indexOf(here());
    const next = list[Math.min(Math.max(at + by, 0), list.length - 1)];
    next.querySelector("a.open").focus();
    if (panel.isOpen) panel.open(next);
  }

  async function act(name) {
    const row = here();
    if (!panel.isOpen && row) await panel.open(row);
    panel.press(name);
  }

  const does = {
    j: () => move(1),
    k: () => move(-1),
    Enter: () => here() && panel.open(here()),
    s: () => act("sign_in"),
    r: () => act("report_in"),
    h: () => act("handle"),
    x: () => { const row = here(); if (row) row.querySelector("input[name=chosen]").click(); },
    "/": () => document.getElementById("q").focus(),
    "?": () => told.showModal(),
    Escape: () => panel.close(),
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || told.open) return;
    const typing = event.target.closest("input:not([type=checkbox]), textarea, select");
    if (typing && event.key !== "Escape") return;
    if (event.key === "Enter" && event.target.closest("button, summary, a:not(.open)")) return;
    const doing = does[event.key];
    if (!doing) return;
    event.preventDefault();
    doing();
  });
}
