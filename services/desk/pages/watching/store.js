// What the board knows: every open case by its newest version. Applying a fact twice, or late, changes nothing.

const RANK = { none: 0, blue: 1, yellow: 2, red: 3 };
const GONE_MAX = 5000;

export class Store {
  constructor() {
    this.rows = new Map();
    this.gone = new Map();
    this.complete = true;
  }

  /** Takes a full answer; rows that a fact has made newer meanwhile stay. */
  replace(told) {
    const at = Object.fromEntries(told.columns.map((name, index) => [name, index]));
    const rows = new Map();
    for (const one of told.rows) {
      const id = one[at.case_id];
      const known = this.rows.get(id);
      if ((this.gone.get(id) ?? 0) > one[at.version]) continue;
      rows.set(id, known && known.version >= one[at.version] ? known : rowOf(one, at));
    }
    const asOf = Date.parse(told.as_of);
    for (const [id, row] of this.rows) if (!rows.has(id) && row.at > asOf) rows.set(id, row);
    this.rows = rows;
    this.complete = told.complete;
  }

  /** Applies one fact; returns false for one that is no news. */
  apply(delta) {
    const known = this.rows.get(delta.case_id);
    const version = Math.max(known ? known.version : 0, this.gone.get(delta.case_id) ?? 0);
    if (delta.version <= version) return false;
    if (delta.what.type === "closed" || ENDED.has(delta.state)) {
      this.rows.delete(delta.case_id);
      this.gone.set(delta.case_id, delta.version);
      if (this.gone.size > GONE_MAX) this.gone.delete(this.gone.keys().next().value);
      return true;
    }
    this.rows.set(delta.case_id, {
      id: delta.case_id, version: delta.version, number: delta.number, item: delta.item, subdistrict: delta.subdistrict,
      grid: delta.grid, lead: delta.lead, state: delta.state, urgency: delta.urgency, card: RANK[delta.card] ?? 0,
      due: delta.due_at ? Date.parse(delta.due_at) : null, accepted: Date.parse(delta.accepted_at),
      whistle: delta.whistle_open, supervision: delta.supervision_open, at: Date.parse(delta.at), calendar: delta.calendar ?? null,
    });
    return true;
  }
}

/** Cases that ended, of an answer with columns. */
export function endedOf(told) {
  const at = Object.fromEntries(told.columns.map((name, index) => [name, index]));
  return told.rows.map((one) => ({
    id: one[at.case_id], number: one[at.number], item: one[at.item], subdistrict: one[at.subdistrict], grid: one[at.grid],
    lead: one[at.lead], card: 0, due: null, accepted: Date.parse(one[at.accepted_at]), ended: Date.parse(one[at.closed_at]),
    onTime: one[at.on_time],
  }));
}

export const ENDED = new Set(["closed", "archived", "rejected", "terminated", "merged", "handed_over", "resolved_on_spot"]);

function rowOf(one, at) {
  return {
    id: one[at.case_id], version: one[at.version], number: one[at.number], item: one[at.item],
    subdistrict: one[at.subdistrict], grid: one[at.grid], lead: one[at.lead], state: one[at.state],
    urgency: one[at.urgency], card: one[at.card], due: one[at.due_at] ? Date.parse(one[at.due_at]) : null,
    accepted: Date.parse(one[at.accepted_at]), whistle: one[at.whistle_open], supervision: one[at.supervision_open], at: 0,
    calendar: one[at.calendar] ?? null,
  };
}
