// Working time until something is due, counted here by the office hours of the version that the limit counts by.

class OfficeHours {
  constructor({ day, since, until, edges }) {
    this.day = day;
    this.since = since;
    this.until = until;
    this.opens = [];
    this.closes = [];
    this.before = [];
    let [at, open] = [since, 0];
    edges.forEach((step, index) => {
      at += step;
      if (index % 2 === 0) { this.opens.push(at); this.before.push(open); } else { this.closes.push(at); open += step; }
    });
  }

  /** Open seconds until `at`. */
  total(at) {
    let [low, high] = [0, this.opens.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.opens[middle] <= at) low = middle + 1; else high = middle;
    }
    return low ? this.before[low - 1] + Math.min(at, this.closes[low - 1]) - this.opens[low - 1] : 0;
  }

  /** Days, hours and minutes of open time between two instants; null where it does not know. Minutes are cut. */
  between(from, to) {
    if (from < this.since || to > this.until) return null;
    const open = this.total(to) - this.total(from);
    const rest = open % this.day;
    return [Math.floor(open / this.day), Math.floor(rest / 3600), Math.floor((rest % 3600) / 60)];
  }
}

const AGAIN_MILLISECONDS = 60000;
const WAIT_MILLISECONDS = 2000;

export class Calendars {
  constructor() {
    this.known = new Map();
    this.asked = new Set();
    this.until = 0;
  }

  /** Asks for what is not known yet; `came` is called when it is there. A version's hours never change. */
  ask(address, versions, came) {
    for (const version of versions) {
      if (!version || this.asked.has(version)) continue;
      this.asked.add(version);
      this.until = performance.now() + WAIT_MILLISECONDS;
      this.read(`${address}?version=${version}`).then((told) => { this.known.set(version, new OfficeHours(told)); came(); }, () => {
        this.known.set(version, null);
        setTimeout(() => this.asked.delete(version), AGAIN_MILLISECONDS);
        came();
      });
    }
  }

  async read(address) {
    const answer = await fetch(address, { headers: { "x-requested-with": "page" } });
    if (!answer.ok) throw new Error(String(answer.status));
    return answer.json();
  }

  /** Whether an answer is still on its way, and worth waiting for. */
  get waits() {
    return this.asked.size > this.known.size && performance.now() < this.until;
  }

  /** What is left of working time; null for a limit that counts day and night, and for what is due already. */
  left(version, due, now) {
    const hours = version && due > now ? this.known.get(version) : null;
    return hours ? hours.between(Math.floor(now / 1000), Math.floor(due / 1000)) : null;
  }
}
