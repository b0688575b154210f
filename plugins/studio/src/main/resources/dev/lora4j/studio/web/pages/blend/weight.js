// Weights of an adapter over the steps: their text, as --lora takes it, and their values.
//
//   {kind: "constant", value}                0.7
//   {kind: "window", value, from, to}        0.7:0.5-1
//   {kind: "curve", points, cosine}          0@0,1@0.5,0.2@1[:cosine]     points: [{at, value}] in the order of the steps
//   {kind: "table", values}                  0,0.5,1                      one for each of several equal parts

const NUMBER = "[-+]?(?:\\d+\\.?|\\.)\\d*(?:[eE][-+]?\\d+)?";
const SHARE = "(?:\\d+\\.?\\d*|\\.\\d+)";
const WINDOW = new RegExp(`^(${NUMBER})(?::(${SHARE})-(${SHARE}))?$`);
const CURVE = /^([^:]*@[^:]*)(?::(linear|cosine))?$/;
const POINT = new RegExp(`^(${NUMBER})@(${SHARE})$`);
const TABLE = new RegExp(`^${NUMBER}(?:,\\s*${NUMBER})+$`);

/** The weight that a text says; an Error says what is wrong with it. */
export function parseWeight(text) {
  const trimmed = String(text).trim();
  const window = WINDOW.exec(trimmed);
  if (window) {
    const value = number(window[1]);
    return window[2] === undefined ? constant(value) : steps(value, number(window[2]), number(window[3]));
  }
  if (TABLE.test(trimmed)) {
    return { kind: "table", values: trimmed.split(",").map(number) };
  }
  const curve = CURVE.exec(trimmed);
  if (!curve) {
    throw wrong(trimmed);
  }
  return curveOf(
    curve[1].split(",").map((part) => point(part.trim(), trimmed)),
    curve[2] === "cosine",
  );
}

export function formatWeight(weight) {
  switch (weight.kind) {
    case "constant":
      return plain(weight.value);
    case "window":
      return `${plain(weight.value)}:${plain(weight.from)}-${plain(weight.to)}`;
    case "table":
      return weight.values.map(plain).join(",");
    default:
      return weight.points.map((p) => `${plain(p.value)}@${plain(p.at)}`).join(",") + (weight.cosine ? ":cosine" : "");
  }
}

/** The weight at a share of the steps, from 0 to 1. */
export function weightAt(weight, share) {
  switch (weight.kind) {
    case "constant":
      return weight.value;
    case "window":
      return share >= weight.from && share < weight.to ? weight.value : 0;
    case "table":
      return weight.values[Math.min(weight.values.length - 1, Math.floor(share * weight.values.length))];
    default:
      return onCurve(weight, share);
  }
}

/** The one number for what has no steps: while it takes part, and of a curve the value farthest from 0. */
export function mainWeight(weight) {
  if (weight.kind === "constant" || weight.kind === "window") {
    return weight.value;
  }
  const values = weight.kind === "table" ? weight.values : weight.points.map((p) => p.value);
  return values.reduce((most, value) => (Math.abs(value) > Math.abs(most) ? value : most));
}

/** The same weight in another form, as near as that form can be. */
export function asKind(weight, kind) {
  if (weight.kind === kind) {
    return weight;
  }
  if (kind === "constant") {
    return constant(mainWeight(weight));
  }
  if (kind === "window") {
    return { kind, value: mainWeight(weight), from: 0, to: 0.5 };
  }
  const points =
    weight.kind === "table" ? middles(weight.values) : [0, 0.5, 1].map((at) => ({ at, value: weightAt(weight, at) }));
  return { kind: "curve", points, cosine: false };
}

export function constant(value) {
  return { kind: "constant", value };
}

/** A number without the noise of binary fractions. */
export function plain(value) {
  return String(Math.round(value * 1e4) / 1e4 || 0);
}

function steps(value, from, to) {
  if (from > to || to > 1) {
    throw new Error(
      `A part of the steps goes from a share to a greater one, both from 0 to 1; found ${plain(from)}-${plain(to)}.`,
    );
  }
  return { kind: "window", value, from, to };
}

function curveOf(points, cosine) {
  points.forEach((p, i) => {
    if (p.at > 1 || (i > 0 && p.at < points[i - 1].at)) {
      throw new Error(
        `The points of a curve stand at shares of the steps from 0 to 1, in their order; found ${plain(p.at)}.`,
      );
    }
  });
  return { kind: "curve", points, cosine };
}

function point(part, whole) {
  const parts = POINT.exec(part);
  if (!parts) {
    throw wrong(whole);
  }
  return { value: number(parts[1]), at: number(parts[2]) };
}

function number(text) {
  const value = Number(text);
  if (!Number.isFinite(value)) {
    throw new Error(`'${text}' is no number.`);
  }
  return value;
}

function wrong(text) {
  return new Error(
    `'${text}' is no weight. Write 0.7, or 0.7:0.5-1 for a part of the steps, or 0@0,1@0.5,0.2@1 for a curve.`,
  );
}

function onCurve({ points, cosine }, share) {
  const next = points.findIndex((p) => p.at > share);
  if (next === 0) {
    return points[0].value;
  }
  if (next < 0) {
    return points[points.length - 1].value;
  }
  const [before, after] = [points[next - 1], points[next]];
  const gone = (share - before.at) / (after.at - before.at);
  const eased = cosine ? (1 - Math.cos(Math.PI * gone)) / 2 : gone;
  return before.value + eased * (after.value - before.value);
}

function middles(values) {
  return values.map((value, i) => ({ at: (i + 0.5) / values.length, value }));
}
