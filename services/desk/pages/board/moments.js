// Instants as the pages of the desk write them, in the city's zone. By arithmetic: a browser's own formatter takes the
// page's thread twenty milliseconds to make.
const DAY = 86400000;
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const two = (number) => String(number).padStart(2, "0");

export class Moments {
  /** `offsets` are pairs of an instant and by how much the zone is ahead of UTC from then on, in order. */
  constructor(offsets, zh) {
    this.offsets = offsets;
    this.zh = zh;
  }

  offset(at) {
    let found = this.offsets[0][1];
    for (const [from, ahead] of this.offsets) if (from <= at) found = ahead;
    return found;
  }

  /** The city's calendar and clock, in the fields of UTC. */
  local(at) {
    return new Date(at + this.offset(at));
  }

  time(at) {
    const local = this.local(at);
    return `${two(local.getUTCHours())}:${two(local.getUTCMinutes())}`;
  }

  clock(at) {
    return `${this.time(at)}:${two(this.local(at).getUTCSeconds())}`;
  }

  /** 2026年3月2日 09:05 */
  exact(at) {
    const local = this.local(at);
    const [year, month, day] = [local.getUTCFullYear(), local.getUTCMonth(), local.getUTCDate()];
    return `${this.zh ? `${year}年${month + 1}月${day}日` : `${day} ${MONTHS[month]} ${year}`} ${this.time(at)}`;
  }

  /** As short as it is clear: the time of day; of another day with its day, of another year with that too. */
  short(at, now) {
    const [local, today] = [this.local(at), this.local(now)];
    if (Math.floor(local / DAY) === Math.floor(today / DAY)) return this.time(at);
    if (local.getUTCFullYear() !== today.getUTCFullYear()) return this.exact(at);
    const [month, day] = [local.getUTCMonth(), local.getUTCDate()];
    return `${this.zh ? `${month + 1}月${day}日` : `${day} ${MONTHS[month]}`} ${this.time(at)}`;
  }

  /** When the city's day that holds `at` began. */
  midnight(at) {
    const local = Math.floor((at + this.offset(at)) / DAY) * DAY;
    return local - this.offset(local - this.offset(at));
  }
}
