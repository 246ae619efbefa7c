// The side panel: a list of cases, or one case from the desk with its timeline and acts. Forms answer in place.
import { caseButton, element, keyed } from "./lists.js";

export class Panel {
  constructor(box, content, csrf, say, acted) {
    this.box = box;
    this.content = content;
    this.csrf = csrf;
    this.say = say;
    this.acted = acted;
    this.before = null;
    box.addEventListener("submit", (event) => { event.preventDefault(); this.send(event.target, event.submitter); });
    document.addEventListener("keydown", (event) => { if (event.key === "Escape" && !box.hidden) this.close(); });
  }

  show(...content) {
    if (this.box.hidden) this.before = document.activeElement;
    this.content.replaceChildren(...content);
    this.box.hidden = false;
    this.box.focus();
  }

  close() {
    this.box.hidden = true;
    this.listed = null;
    if (this.before) this.before.focus();
  }

  async open(address) {
    this.address = address;
    this.show(element("p", { class: "loading" }, this.say("board.loading")));
    await this.answer(fetch(address, { headers: { "x-requested-with": "page" } }), () => this.open(address));
  }

  async send(form, submitter) {
    const body = new FormData(form);
    if (submitter) submitter.disabled = true;
    const headers = { "x-requested-with": "page", "x-csrf": this.csrf };
    const refused = await this.answer(fetch(form.action, { method: "POST", headers, body }), null, form);
    if (refused && submitter) submitter.disabled = false;
  }

  // A refusal of a form is told beside it and loses nothing of what was written.
  async answer(asked, again, form = null) {
    let told = this.say("board.failed");
    try {
      const answer = await asked;
      if (answer.status === 401) { location.reload(); return false; }
      if (answer.ok && form) { this.acted(); await this.open(this.address); return false; }
      if (answer.ok) {
        const parsed = new DOMParser().parseFromString(await answer.text(), "text/html");
        this.show(...(parsed.querySelector("main") || parsed.body).childNodes);
        return false;
      }
      told = (await answer.json()).detail || told;
    } catch (error) { told = this.say("board.failed"); }
    const notice = element("p", { class: "notice bad", role: "alert" }, told);
    if (form) {
      form.querySelectorAll(".notice").forEach((old) => old.remove());
      form.prepend(notice);
      return true;
    }
    this.failed(again, notice);
    return true;
  }

  failed(again, notice = element("p", { class: "notice bad", role: "alert" }, this.say("board.failed"))) {
    const retry = element("button", { type: "button" }, this.say("board.again"));
    retry.onclick = again;
    this.show(notice, retry);
  }

  list(title, told, telling, now) {
    const box = element("ul", { class: "cards listed" });
    keyed(box, told.cases, (row) => row.id, (row) => ["", () => element("li", {}, caseButton(row, howItStands(row, telling, now), telling))]);
    const more = told.total > told.cases.length ? element("p", { class: "muted" }, telling.say("board.first_of", { shown: told.cases.length, total: told.total })) : "";
    const none = told.total ? "" : element("p", { class: "empty" }, telling.say("board.none"));
    this.show(element("h2", { id: "panel-title" }, title), element("p", { class: "muted" }, telling.say("board.cases", { count: told.total })), box, ...[more, none].filter(Boolean));
  }
}

function howItStands(row, telling, now) {
  if (!row.ended) return element("b", { class: `left c${row.card}`, title: telling.instant(row.due) }, telling.left(row.due, now, row.work));
  const at = telling.moments.short(row.ended, now);
  return element("b", { class: `left ${row.onTime ? "t-calm" : "c2"}` }, telling.say(row.onTime ? "board.ended_on_time" : "board.ended_late", { at }));
}
