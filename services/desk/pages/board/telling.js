// Words, names, numbers and times of the board, in the page's language and the city's zone.
import { Moments } from "./moments.js";

export class Telling {
  constructor(names, language) {
    this.names = names;
    this.zh = language.startsWith("zh");
    this.moments = new Moments(names.offsets, this.zh);
  }

  /** Both languages group by three; the browser's own formatter takes longer to make than the whole strip to draw. */
  number(value) {
    const [whole, part] = String(value).split(".");
    return whole.replace(/\B(?=(\d{3})+$)/g, ",") + (part ? `.${part}` : "");
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

  /** The exact instant, for whoever rests on a span. */
  instant(at) {
    return at === null || at === undefined ? null : this.moments.exact(at);
  }

  /** Working time in its two largest parts: 1 工作日 2 工作小时. */
  worked([days, hours, minutes]) {
    const parts = days ? [["days", days], ["hours", hours]] : [["hours", hours], ["minutes", minutes]];
    const told = parts.filter(([, count]) => count).map(([name, count]) => this.say(`work.${name}`, { n: count }));
    return told.join(" ") || this.say("work.minutes", { n: 0 });
  }

  /** `work`: what is left of working time, where only that counts. */
  left(due, now, work = null) {
    if (due === null) return "";
    if (due > now && work) return this.say("due.left_work", { span: this.worked(work) });
    return this.say(due <= now ? "board.over" : "board.left", { span: this.span(due - now) });
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
}
