// Columns, whistles and feed: short lists drawn by key, so that an unchanged line is not touched.

export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) if (value !== null && value !== undefined) made.setAttribute(key, value);
  made.append(...children.filter((child) => child !== null && child !== undefined && child !== ""));
  return made;
}

export const A_FEW = 4;

/**
 * Makes the children of `box` be `items`, in order, by key; `draw(item)` gives [signature, make].
 * Changes at most `most` lines, and says whether it is done: whoever wants no long frame calls again in the next.
 */
export function keyed(box, items, keyOf, draw, most = Infinity) {
  const wanted = new Set(items.map(keyOf));
  const known = new Map();
  for (const child of [...box.children]) {
    if (wanted.has(child.dataset.key)) known.set(child.dataset.key, child); else child.remove();
  }
  let [at, changes] = [box.firstElementChild, 0];
  for (const item of items) {
    const key = keyOf(item);
    const [signature, make] = draw(item);
    let child = known.get(key);
    const stale = !child || child.dataset.signature !== signature;
    // A line that goes down is passed over until its turn comes: else everything below it would be moved up instead.
    if (!stale && child !== at && at && child === at.nextElementSibling) at = child;
    if (!stale && child === at) { at = at.nextElementSibling; continue; }
    if (changes === most) return false;
    changes += 1;
    if (stale) {
      const fresh = make();
      fresh.dataset.key = key;
      fresh.dataset.signature = signature;
      if (child) { if (at === child) at = fresh; child.replaceWith(fresh); }
      child = fresh;
    }
    if (child === at) at = at.nextElementSibling;
    else box.insertBefore(child, at);
  }
  return true;
}

/** What of a case every list shows. */
export function caseButton(row, left, telling) {
  return element("button", { type: "button", "data-case": row.id },
    left, element("span", { class: "what" }, telling.item(row.item)),
    element("span", { class: "where" }, telling.place(row)), element("span", { class: "who" }, telling.unit(row.lead)),
    element("span", { class: "no" }, row.number));
}

export function drawColumn(box, cases, telling, now, arrived) {
  return keyed(box, cases, (row) => row.id, (row) => {
    const left = telling.left(row.due, now, row.work);
    return [`${row.version}/${left}/${row.lead}`, () => element("li", { class: arrived.has(row.id) ? "arrived" : null },
      caseButton(row, element("b", { class: "left", title: telling.instant(row.due) }, left), telling))];
  }, A_FEW);
}

const SIGNS = { called: "○", reported_in: "✓", late: "◔", no_show: "■", refused: "×" };

function stateOf(call) {
  return call.state === "reported_in" && call.reported_in_at && Date.parse(call.reported_in_at) > Date.parse(call.due_at) ? "late" : call.state;
}

function chip(call, one, telling) {
  const state = stateOf(call);
  const minutes = call.reported_in_at ? telling.span(Date.parse(call.reported_in_at) - Date.parse(one.blown_at)) : "";
  const word = telling.say(`board.call_${state}`, { span: minutes });
  return element("li", { class: `call ${state}` }, element("span", { "aria-hidden": "true" }, SIGNS[state] ?? "○"), ` ${telling.unit(call.unit)} `, element("small", {}, word));
}

export function drawWhistles(box, whistles, telling, now) {
  return keyed(box, whistles, (one) => `${one.case_id}/${one.whistle}`, (one) => {
    const calls = one.calls || [];
    const last = Math.max(...calls.map((call) => Date.parse(call.due_at)), 0);
    const blown = Date.parse(one.blown_at);
    const share = last > blown ? Math.min(1, Math.max(0, (last - now) / (last - blown))) : 0;
    const waits = calls.some((call) => call.state === "called");
    const came = calls.length > 0 && calls.every((call) => call.state === "reported_in");
    const left = waits && last ? telling.left(last, now, one.work) : came ? telling.say("board.all_came") : "";
    const meaning = came ? "calm" : share > 0.5 ? "calm" : share > 0.2 ? "blue" : "yellow";
    const signature = `${calls.map(stateOf).join()}/${left}/${Math.round(share * 50)}`;
    return [signature, () => element("li", {},
      element("button", { type: "button", "data-case": one.case_id },
        element("b", {}, telling.say(`board.kind_${one.kind}`)), ` ${telling.unit(one.subdistrict)} · ${telling.item(one.item)} `, element("span", { class: `left t-${meaning}`, title: telling.instant(last || null) }, left)),
      waits ? element("progress", { class: `t-${meaning}`, max: "100", value: String(Math.round(share * 100)), "aria-label": telling.say("board.time_left") }) : null,
      element("ul", { class: "calls" }, ...calls.map((call) => chip(call, one, telling))))];
  }, A_FEW);
}

export function sentence(delta, telling) {
  const what = delta.what;
  const keys = [`feed.${what.type}.${what.step ?? what.card ?? ""}`, `feed.${what.type}`, "feed.other"];
  const key = keys.find((one) => telling.knows(one));
  const said = telling.say(key, {
    item: telling.item(delta.item), lead: telling.unit(delta.lead), unit: telling.unit(what.unit), subdistrict: telling.unit(delta.subdistrict),
    number: what.whistle ? what.whistle.number : what.number, who: telling.unit(what.unit || delta.lead),
    clock: telling.say(`clock.${what.clock}`), fact: telling.say(`fact.${what.type}`),
  });
  return said.charAt(0).toUpperCase() + said.slice(1);
}

export function drawFeed(box, feed, telling, now) {
  return keyed(box, feed, (one) => `${one.case_id}/${one.version}`, (one) => ["", () => element("li", {},
    element("time", { datetime: one.at, title: telling.moments.exact(Date.parse(one.at)) }, telling.moments.short(Date.parse(one.at), now)),
    element("button", { type: "button", "data-case": one.case_id, class: `fact ${one.card}` }, sentence(one, telling)))], A_FEW);
}
