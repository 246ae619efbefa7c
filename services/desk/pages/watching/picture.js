// From every open case to the few things that are drawn: numbers, columns, grids.

export const SHOWN_MAX = 30;
const LISTED_MAX = 200;
const COLUMNS = [null, "blue", "yellow", "red"];

export function columnOf(row) {
  return row.supervision ? "supervision" : COLUMNS[row.card];
}

/** Counts and columns at the instant `now`, in one pass. */
export function pictureOf(rows, now) {
  const grids = {};
  const subdistricts = {};
  const columns = { blue: [], yellow: [], red: [], supervision: [] };
  let overdue = 0, whistles = 0, consulting = 0;
  for (const row of rows.values()) {
    const late = row.due !== null && row.due <= now;
    if (late) overdue += 1;
    if (row.whistle) whistles += 1;
    if (row.state === "consulting") consulting += 1;
    if (row.grid) count(grids, row.grid, late, row);
    count(subdistricts, row.subdistrict || "", late, row);
    const column = columnOf(row);
    if (column) columns[column].push(row);
  }
  const totals = {};
  for (const name of Object.keys(columns)) {
    totals[name] = columns[name].length;
    columns[name] = mostUrgent(columns[name], SHOWN_MAX);
  }
  return { open: rows.size, overdue, whistles, consulting, grids, subdistricts, columns, totals };
}

function count(into, key, late, row) {
  const known = into[key] || (into[key] = [0, 0, 0]);
  known[0] += 1;
  if (late) known[1] += 1;
  known[2] = Math.max(known[2], row.supervision ? 4 : row.card);
}

// A few of many: sorting ten thousand rows twice a second would be the costliest thing here.
function mostUrgent(rows, many) {
  if (rows.length <= many) return rows.sort(byDue);
  const best = rows.slice(0, many).sort(byDue);
  for (let index = many; index < rows.length; index += 1) {
    const row = rows[index];
    if (byDue(row, best[many - 1]) >= 0) continue;
    let place = many - 1;
    while (place > 0 && byDue(row, best[place - 1]) < 0) { best[place] = best[place - 1]; place -= 1; }
    best[place] = row;
  }
  return best;
}

function byDue(one, other) {
  return (one.due ?? Infinity) - (other.due ?? Infinity) || (one.id < other.id ? -1 : 1);
}

const CHOSEN = {
  reported: (row, asked) => row.accepted >= asked.midnight,
  open: () => true,
  overdue: (row, asked) => row.due !== null && row.due <= asked.now,
  whistles: (row) => Boolean(row.whistle),
  consulting: (row) => row.state === "consulting",
  grid: (row, asked) => row.grid === asked.key,
  subdistrict: (row, asked) => (row.subdistrict || "") === asked.key,
  column: (row, asked) => columnOf(row) === asked.key,
};

/** The cases behind a number, the most urgent first. */
export function listOf(rows, asked) {
  const chosen = [];
  for (const row of rows.values()) if (CHOSEN[asked.which](row, asked)) chosen.push(row);
  return { total: chosen.length, cases: mostUrgent(chosen, LISTED_MAX) };
}

/** The same with cases that ended today behind them; `rate` has only such, the late ones first. */
export function listWithEnded(rows, ended, asked) {
  if (asked.which === "rate") return { total: ended.length, cases: ended.slice(0, LISTED_MAX) };
  const open = listOf(rows, asked);
  const too = ended.filter((row) => row.accepted >= asked.midnight && !rows.has(row.id));
  return { total: open.total + too.length, cases: open.cases.concat(too).slice(0, LISTED_MAX) };
}
