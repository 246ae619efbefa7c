// Words, names, numbers and times of the board, in the page's language and the city's zone.

export class Telling {
  constructor(names, language, zone) {
    this.names = names;
    this.zh = language.startsWith("zh");
    this.formats = {
      clock: { timeZone: zone, hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" },
      short: { timeZone: zone, hour: "2-digit", minute: "2-digit", hourCycle: "h23" },
      full: { timeZone: zone, dateStyle: "medium", timeStyle: "short", hourCycle: "h23" },
      dated: { timeZone: zone, month: "numeric", day: "numeric", hour: "2-digit", minute: "2-digit", hourCycle: "h23" },
      day: { timeZone: zone },
    };
    this.language = language;
  }

  /** Both languages group by three; the browser's own formatter takes longer to make than the whole strip to draw. */
  number(value) {
    const [whole, part] = String(value).split(".");
    return whole.replace(/\B(?=(\d{3})+$)/g, ",") + (part ? `.${part}` : "");
  }

  // Made when first used: each takes a browser some milliseconds.
  format(name, at) {
    let known = this.formats[name];
    if (!known.format) known = this.formats[name] = new Intl.DateTimeFormat(name === "day" ? "en-CA" : this.language, known);
    return known.format(at);
  }

  say(key, given = {}) {
    return (this.names.words[key] ?? key).replace(/\{(\w+)\}/g, (_, name) => given[name] ?? "");
  }

  knows(key) {
    return key in this.names.words;
  }

  unit(id) {
    return id ? this.names.units[id] ?? id : "";
  }

  item(code) {
    return code ? this.names.items[code] ?? code : this.say("board.no_item");
  }

  place(row) {
    return this.names.grids[row.grid] ?? this.unit(row.subdistrict);
  }

  span(milliseconds) {
    const minutes = Math.floor(Math.abs(milliseconds) / 60000);
    const [days, hours, rest] = [Math.floor(minutes / 1440), Math.floor((minutes % 1440) / 60), minutes % 60];
    const words = this.zh ? ["天", "小时", "分"] : ["d", "h", "min"];
    const parts = days ? [[days, 0], [hours, 1]] : hours ? [[hours, 1], [rest, 2]] : [[rest, 2]];
    return parts.filter(([count], index) => count || index === 0).map(([count, word]) => `${count} ${words[word]}`).join(" ");
  }

  left(due, now) {
    if (due === null) return "";
    return this.say(due <= now ? "board.over" : "board.left", { span: this.span(due - now) });
  }

  /** The time of day; of another day than today's with its date. */
  moment(at, now) {
    return this.format(this.format("day", at) === this.format("day", now) ? "short" : "dated", at);
  }

  /** How a number stands beside that of a week ago; rates in points. */
  compared(value, before, isRate) {
    if (before === null || before === undefined || value === null || value === undefined) return this.say("board.no_week_ago");
    const change = isRate ? Math.round((value - before) * 1000) / 10 : value - before;
    const key = change > 0 ? "board.more" : change < 0 ? "board.less" : "board.same";
    const told = this.number(Math.abs(change));
    return this.say(key, { change: isRate ? this.say("board.points", { change: told }) : told });
  }

  percent(rate) {
    return rate === null || rate === undefined ? "–" : `${(rate * 100).toFixed(1)}%`;
  }

  /** Midnight of the city's day that holds `at`, in milliseconds. */
  midnight(at) {
    const day = this.format("day", at);
    let low = at - 26 * 3600000;
    let high = at;
    while (high - low > 1000) {
      const middle = (low + high) / 2;
      if (this.format("day", middle) === day) high = middle; else low = middle;
    }
    return Math.round(high / 60000) * 60000;
  }
}
