// Open whistles with every called department: from the snapshot, moved on by facts until the next one.

const STEPS = { reported_in: "reported_in", no_show: "no_show" };

export class Whistles {
  constructor() {
    this.list = [];
    this.changedAt = 0;
  }

  replace(snapshot) {
    if (Date.parse(snapshot.as_of) < this.changedAt) return;
    this.list = snapshot.whistles;
  }

  apply(delta) {
    const what = delta.what;
    if (what.type === "whistle_blown" && what.whistle) this.blown(delta, what.whistle);
    else if (what.type === "reported_in") this.mark(delta, what.unit, what.late ? "late" : STEPS.reported_in);
    else if (what.type === "step_taken" && what.step === "no_show") this.mark(delta, what.unit, STEPS.no_show);
    else if (!delta.whistle_open && this.list.some((one) => one.case_id === delta.case_id)) {
      this.list = this.list.filter((one) => one.case_id !== delta.case_id);
    } else return;
    this.changedAt = Math.max(this.changedAt, Date.parse(delta.at));
  }

  blown(delta, whistle) {
    const calls = whistle.called.map((call) => ({ unit: call.unit, state: "called", due_at: call.due_at, reported_in_at: null, calendar: delta.calls_calendar ?? null }));
    const shown = {
      case_id: delta.case_id, number: delta.number, item: delta.item, lead: delta.lead, whistle: whistle.number,
      kind: whistle.kind, subdistrict: whistle.subdistrict, blown_at: delta.at, calls,
    };
    this.list = [shown, ...this.list.filter((one) => one.case_id !== delta.case_id)];
  }

  mark(delta, unit, state) {
    this.list = this.list.map((one) => one.case_id !== delta.case_id ? one : {
      ...one,
      calls: one.calls.map((call) => call.unit !== unit ? call
        : { ...call, state: state === "late" ? "reported_in" : state, reported_in_at: state === "no_show" ? null : delta.at }),
    });
  }
}
