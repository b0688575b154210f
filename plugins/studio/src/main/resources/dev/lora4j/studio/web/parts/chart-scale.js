// Scales, ticks and paths of a chart.

/** Maps [low, high] to [from, to]; `log` needs a low above 0. */
export function scale([low, high], [from, to], log) {
  const of = log ? Math.log10 : (value) => value;
  const span = of(high) - of(low) || 1;
  return (value) => from + ((of(value) - of(low)) / span) * (to - from);
}

/** Round numbers within [low, high], about `count` of them; powers of ten and their 2 and 5 if `log`. */
export function ticks([low, high], count, log) {
  return log ? logTicks(low, high, count) : linearTicks(low, high, count);
}

function linearTicks(low, high, count) {
  const raw = (high - low || 1) / count;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 5, 10].map((times) => times * power).find((one) => one >= raw * 0.7);
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  return Array.from({ length: last - first + 1 }, (_, at) => Number(((first + at) * step).toPrecision(12)));
}

function logTicks(low, high, count) {
  const all = [];
  for (let power = Math.floor(Math.log10(low)); power <= Math.ceil(Math.log10(high)); power++) {
    all.push(...[1, 2, 5].map((times) => Number((times * 10 ** power).toPrecision(3))));
  }
  const within = all.filter((value) => value >= low * 0.999 && value <= high * 1.001);
  return within.length > count * 2 ? within.filter((value) => String(value).match(/^[0.]*1/)) : within;
}

/** The least and greatest of `values`, with room around them. */
export function extent(values, log) {
  const known = values.filter((value) => Number.isFinite(value) && (!log || value > 0));
  if (!known.length) {
    return log ? [0.1, 1] : [0, 1];
  }
  const low = known.reduce((one, other) => Math.min(one, other));
  const high = known.reduce((one, other) => Math.max(one, other));
  if (low === high) {
    return log ? [low / 2, high * 2] : [low - (Math.abs(low) || 1) / 2, high + (Math.abs(high) || 1) / 2];
  }
  const room = (high - low) * 0.04;
  return log ? [low, high] : [low - room, high + room];
}

/** An SVG path through the points that can be shown. */
export function path(points, x, y, log) {
  return points
    .filter(([, value]) => Number.isFinite(value) && (!log || value > 0))
    .map(([at, value], index) => `${index ? "L" : "M"}${x(at).toFixed(1)} ${y(value).toFixed(1)}`)
    .join("");
}

/** The point of `points`, sorted by x, that is nearest to `at`; undefined if there is none. */
export function nearest(points, at) {
  const known = points.filter(([, value]) => Number.isFinite(value));
  return known.reduce(
    (best, point) => (best && Math.abs(best[0] - at) <= Math.abs(point[0] - at) ? best : point),
    undefined,
  );
}
