// Where shares of the steps and weights lie in the drawing of a curve, and the other way round.
const WIDTH = 360;
const HEIGHT = 170;
const LEFT = 34;
const RIGHT = 16;
const TOP = 16;
const BOTTOM = 30;

/** Places for these points; `range` keeps the scale, else it holds all points and 0 to 1.5. */
export function placing(points, range = rangeOf(points)) {
  const [least, most] = range;
  const across = WIDTH - LEFT - RIGHT;
  const down = HEIGHT - TOP - BOTTOM;
  return {
    width: WIDTH,
    height: HEIGHT,
    range,
    levels: levelsOf(range),
    x: (at) => LEFT + at * across,
    y: (value) => TOP + ((most - value) / (most - least)) * down,
    /** The point under a place given in shares of the whole drawing. */
    value: (x, y) => ({
      at: clamp((x * WIDTH - LEFT) / across, 0, 1),
      value: clamp(most - ((y * HEIGHT - TOP) / down) * (most - least), least, most),
    }),
  };
}

function rangeOf(points) {
  const values = points.map((point) => point.value);
  return [Math.min(0, Math.floor(Math.min(...values) * 2) / 2), Math.max(1.5, Math.ceil(Math.max(...values) * 2) / 2)];
}

function levelsOf([least, most]) {
  const step = most - least > 3 ? 1 : 0.5;
  const levels = [];
  for (let level = Math.ceil(least / step) * step; level <= most; level += step) {
    levels.push(level);
  }
  return levels;
}

function clamp(value, least, most) {
  return Math.min(most, Math.max(least, value));
}
