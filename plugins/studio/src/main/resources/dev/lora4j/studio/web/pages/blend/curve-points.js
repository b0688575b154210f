// Changes of a curve's points: each gives new points in the order of the steps.

/** Shares of the steps are kept to hundredths, weights to hundredths too. */
const FINENESS = 100;

/** Moves point `i`; it stays between its neighbours. */
export function movePoint(points, i, to) {
  const least = i > 0 ? points[i - 1].at : 0;
  const most = i < points.length - 1 ? points[i + 1].at : 1;
  const moved = { at: between(round(to.at), least, most), value: round(to.value) };
  return points.map((point, k) => (k === i ? moved : point));
}

/** A new point, and where it came to stand. */
export function addPoint(points, { at, value }) {
  const place = points.findIndex((point) => point.at > at);
  const index = place < 0 ? points.length : place;
  const added = { at: between(round(at), 0, 1), value: round(value) };
  return { points: [...points.slice(0, index), added, ...points.slice(index)], index };
}

/** A new point in the middle of the widest gap, on the curve. */
export function addInGap(points, valueAt) {
  const ends = [0, ...points.map((point) => point.at), 1];
  let widest = 0;
  for (let i = 1; i < ends.length - 1; i++) {
    if (ends[i + 1] - ends[i] > ends[widest + 1] - ends[widest]) {
      widest = i;
    }
  }
  const at = (ends[widest] + ends[widest + 1]) / 2;
  return addPoint(points, { at, value: valueAt(at) });
}

/** Without point `i`; the last one stays, as a curve needs it. */
export function removePoint(points, i) {
  return points.length > 1 ? points.filter((_, k) => k !== i) : points;
}

export function round(value) {
  return Math.round(value * FINENESS) / FINENESS;
}

function between(value, least, most) {
  return Math.min(most, Math.max(least, value));
}
