// By how much the city's zone is ahead of UTC, and since when: found by the browser's formatter, here in the worker.
const DAY = 86400000;
const MINUTE = 60000;
const DAYS = 800;

function aheadIn(zone) {
  const format = new Intl.DateTimeFormat("en-US", {
    timeZone: zone, hour12: false, year: "numeric", month: "numeric", day: "numeric", hour: "numeric", minute: "numeric",
  });
  return (at) => {
    const parts = {};
    for (const { type, value } of format.formatToParts(at)) parts[type] = Number(value);
    return Date.UTC(parts.year, parts.month - 1, parts.day, parts.hour % 24, parts.minute) - at;
  };
}

/** Pairs of an instant and the offset from then on, in milliseconds, for some years around `now`. */
export function offsetsOf(zone, now) {
  const ahead = aheadIn(zone);
  const first = Math.floor((now - DAYS * DAY) / DAY) * DAY;
  const found = [[first, ahead(first)]];
  for (let day = first; day < now + DAYS * DAY; day += DAY) {
    const last = found[found.length - 1][1];
    if (ahead(day + DAY) === last) continue;
    let [before, after] = [day, day + DAY];
    while (after - before > MINUTE) {
      const middle = before + Math.floor((after - before) / 2 / MINUTE) * MINUTE;
      if (ahead(middle) === last) before = middle; else after = middle;
    }
    found.push([after, ahead(after)]);
  }
  return found;
}
