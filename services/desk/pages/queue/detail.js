// The case beside the list, and forms that answer in place.
import { maps } from "./maps.js";

const HEADERS = { "X-Requested-With": "page" };

async function said(answer) {
  if (!(answer.headers.get("content-type") || "").includes("problem+json")) return `${answer.status}`;
  const problem = await answer.json();
  return problem.detail || problem.title;
}

export function detail(side, desk) {
  let current = null;

  async function show(address) {
    const answer = await fetch(address, { headers: HEADERS });
    if (answer.status === 401) location.assign(`/login?next=${encodeURIComponent(location.pathname + location.search)}`);
    if (!answer.ok) return told(await said(answer));
    side.innerHTML = await answer.text();
    opened();
  }

  function opened() {
    side.hidden = false;
    maps(side);
    if (!desk) return;
    desk.classList.add("open");
    const close = side.querySelector(".close");
    if (close) { close.hidden = false; close.addEventListener("click", closed); }
  }

  function closed() {
    if (!desk || side.hidden) return;
    side.hidden = true;
    side.textContent = "";
    desk.classList.remove("open");
    mark(null);
    if (current) current.querySelector("a.open").focus();
    current = null;
  }

  function mark(row) {
    for (const other of document.querySelectorAll("tr[aria-current]")) other.removeAttribute("aria-current");
    if (row) row.setAttribute("aria-current", "true");
  }

  function told(text) {
    let notice = side.querySelector(".notice.bad.told");
    if (!notice) {
      notice = document.createElement("p");
      notice.className = "notice bad told";
      notice.setAttribute("role", "alert");
      side.prepend(notice);
    }
    notice.textContent = text;
    side.hidden = false;
    notice.scrollIntoView({ block: "nearest" });
  }

  side.addEventListener("submit", async (event) => {
    const form = event.target.closest("form.act");
    if (!form) return;
    event.preventDefault();
    const button = form.querySelector("button[type=submit]");
    button.disabled = true;
    try {
      const answer = await fetch(form.action, { method: "POST", body: new FormData(form), headers: HEADERS });
      if (!answer.ok) return told(await said(answer));
      side.innerHTML = await answer.text();
      opened();
      side.dispatchEvent(new CustomEvent("acted", { bubbles: true }));
    } catch (error) {
      told(document.documentElement.lang.startsWith("zh") ? "没有网络，请重试；重复提交不会办理两次。" : "No network. Try again; the same form acts once only.");
    } finally {
      button.disabled = false;
    }
  });

  maps(side);
  return {
    open(row) { current = row; mark(row); return show(`/cases/${row.dataset.case}?part=1`); },
    close: closed,
    get row() { return current; },
    get isOpen() { return !side.hidden; },
    press(act) {
      const form = side.querySelector(`form.one-click[data-act="${act}"]`);
      if (form) return form.requestSubmit ? form.requestSubmit() : form.querySelector("button").click();
      const folded = side.querySelector(`details[data-act="${act}"]`);
      if (folded) { folded.open = true; (folded.querySelector("textarea, input:not([type=hidden]), select") || folded).focus(); }
    },
  };
}
