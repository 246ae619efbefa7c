// Rows refresh by themselves. What is new waits for a click, so that nothing moves under the pointer; times and states of
// rows that are there already change in place.
const EVERY_MS = 5000;
const HEADERS = { "X-Requested-With": "page" };

export function live(rows, panel) {
  const fresh = document.getElementById("fresh");
  const button = fresh.querySelector("button");
  const title = document.title;
  let waiting = null;
  let etag = "";
  let sound = null;
  let overdue = count("overdue");
  let fell = 0; // due since somebody last looked

  function count(name, root = rows) {
    const table = root.querySelector("table");
    return table ? Number(table.dataset[name]) : 0;
  }
  const keysOf = (root) => new Set([...root.querySelectorAll("tr[data-key]")].map((row) => row.dataset.key));

  function put(html) {
    const chosen = new Set([...rows.querySelectorAll("input[name=chosen]:checked")].map((box) => box.value));
    const current = panel.row && panel.row.dataset.key;
    const focused = document.activeElement && document.activeElement.closest("tr[data-key]");
    const kept = focused && focused.dataset.key;
    rows.innerHTML = html;
    for (const box of rows.querySelectorAll("input[name=chosen]")) box.checked = chosen.has(box.value);
    for (const row of rows.querySelectorAll("tr[data-key]")) {
      if (row.dataset.key === current && panel.isOpen) row.setAttribute("aria-current", "true");
      if (row.dataset.key === kept) row.querySelector("a.open").focus({ preventScroll: true });
    }
    waiting = null;
    fresh.hidden = true;
    badge(fell);
  }

  function looked() {
    if (!fell) return;
    fell = 0;
    badge(waiting ? Number(fresh.dataset.added) : 0);
  }

  function badge(number) {
    document.title = number ? `(${number}) ${title}` : title;
    if (navigator.setAppBadge) (number ? navigator.setAppBadge(number) : navigator.clearAppBadge()).catch(() => {});
  }

  function beep() {
    if (!sound) return;
    const tone = sound.createOscillator();
    const loudness = sound.createGain();
    tone.frequency.value = 880;
    loudness.gain.value = 0.08;
    tone.connect(loudness).connect(sound.destination);
    tone.start();
    tone.stop(sound.currentTime + 0.18);
  }

  // Rows that are there say at once what became of them, also while something new waits.
  function mend(next) {
    const told = new Map([...next.querySelectorAll("tr[data-key]")].map((row) => [row.dataset.key, row]));
    for (const row of rows.querySelectorAll("tr[data-key]")) {
      const fresh = told.get(row.dataset.key);
      if (!fresh || fresh.innerHTML === row.innerHTML) continue;
      const focused = row.contains(document.activeElement);
      const box = row.querySelector("input[name=chosen]");
      const chosen = box && box.checked ? box.value : null;
      row.className = fresh.className;
      row.innerHTML = fresh.innerHTML;
      const now = row.querySelector("input[name=chosen]");
      if (now) now.checked = now.value === chosen;
      if (focused) row.querySelector("a.open").focus({ preventScroll: true });
    }
  }

  function arrived(html) {
    const next = document.createElement("div");
    next.innerHTML = html;
    const before = keysOf(rows);
    const added = [...keysOf(next)].filter((key) => !before.has(key)).length;
    const due = count("overdue", next);
    if (added || due > overdue) beep();
    fell += Math.max(due - overdue, 0);
    overdue = due;
    if (!added) return put(html);
    mend(next);
    waiting = html;
    button.textContent = button.dataset.one.replace("{n}", String(added));
    fresh.dataset.added = String(added);
    fresh.hidden = false;
    badge(added + fell);
  }

  async function refresh({ at_once: atOnce = false } = {}) {
    try {
      const answer = await fetch(rows.dataset.rows, { headers: etag ? { ...HEADERS, "If-None-Match": etag } : HEADERS });
      rows.classList.toggle("stale", !answer.ok && answer.status !== 304);
      if (answer.status === 401) return location.reload();
      if (!answer.ok) return;
      etag = answer.headers.get("etag") || "";
      const html = await answer.text();
      if (atOnce) put(html); else arrived(html);
    } catch (error) {
      rows.classList.add("stale");
    }
  }

  for (const name of ["pointerdown", "keydown"]) document.addEventListener(name, looked);
  button.addEventListener("click", () => waiting && put(waiting));
  document.addEventListener("acted", () => refresh({ at_once: true }));
  setInterval(() => document.hidden || refresh(), EVERY_MS);
  // Hidden pages look now and then too: the badge is for those who look elsewhere.
  setInterval(() => document.hidden && refresh(), EVERY_MS * 6);

  const switcher = document.getElementById("sound");
  switcher.hidden = false;
  switcher.addEventListener("click", () => {
    sound = sound ? null : new AudioContext();
    switcher.setAttribute("aria-pressed", String(Boolean(sound)));
    switcher.textContent = sound ? switcher.dataset.on : switcher.dataset.off;
    beep();
  });
  return { refresh };
}
