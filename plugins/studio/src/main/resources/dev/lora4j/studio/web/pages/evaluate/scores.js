// The scores of ./lora4j evaluate as rows: {key, label, help, adapter, base, control, better: "more" | "less", format}.
const percent = (value) => `${(value * 100).toFixed(1)}\u00a0%`;
const points = (value) => `${(value * 100).toFixed(1)} points`;
const plain = (digits) => (value) => value.toFixed(digits);

/** Rows with a bar: shares from 0 to 1. */
export function shares(scores) {
  const rows = [
    {
      key: "style",
      label: "Style",
      help: "pictures that the style classifier puts into the style",
      adapter: scores.style_accuracy?.with,
      base: scores.style_accuracy?.without,
    },
    {
      key: "concept",
      label: "Concept",
      help: "pictures whose concept is among the ten nearest",
      adapter: scores.concept_top10?.adapter,
      base: scores.concept_top10?.base,
    },
    {
      key: "truth",
      label: "Truth",
      help: "pictures nearest to the true picture of their concept",
      adapter: scores.truth_top1?.adapter,
      base: scores.truth_top1?.base,
      control: scores.truth_top1?.desaturated,
    },
  ];
  return rows.map((row) => ({ ...row, better: "more", format: percent })).filter(isKnown);
}

/** Rows of other numbers. */
export function numbers(scores) {
  const { adapter, base } = scores.kinds ?? {};
  const drift = scores.drift;
  const rows = [
    {
      key: "rank",
      label: "Mean rank of the truth",
      adapter: adapter?.truth_rank,
      base: base?.truth_rank,
      better: "less",
      format: plain(1),
    },
    {
      key: "distance",
      label: "Distance to the truth",
      adapter: adapter?.truth_distance,
      base: base?.truth_distance,
      better: "less",
      format: plain(3),
    },
    {
      key: "variety",
      label: "Distance between pictures of one prompt",
      adapter: scores.variety?.adapter,
      base: scores.variety?.base,
      better: "more",
      format: plain(3),
    },
    {
      key: "drift",
      label: "Drift of prompts that name another style",
      adapter: drift?.distance,
      better: "less",
      format: plain(3),
    },
    {
      key: "leak",
      label: "Of those, in the adapter's style",
      adapter: drift?.style_leak?.with,
      base: drift?.style_leak?.without,
      better: "less",
      format: percent,
    },
    {
      key: "named",
      label: "Of those, in the style that was named",
      adapter: drift?.named_style?.with,
      base: drift?.named_style?.without,
      better: "more",
      format: percent,
    },
  ];
  return rows.filter(isKnown);
}

/**
 * Rows of two evaluations side by side: {key, label, format, a, b, change, formatChange, isBetter}, where isBetter is
 * about b and absent for equals.
 */
export function compared(one, other) {
  const all = (scores) => [...shares(scores), ...numbers(scores)];
  const others = new Map(all(other).map((row) => [row.key, row]));
  return all(one)
    .filter((row) => row.adapter !== undefined && others.get(row.key)?.adapter !== undefined)
    .map((row) => {
      const [a, b] = [row.adapter, others.get(row.key).adapter];
      const change = b - a;
      const isBetter = change === 0 ? undefined : change > 0 === (row.better === "more");
      const formatChange = row.format === percent ? points : row.format;
      return { key: row.key, label: row.label, format: row.format, formatChange, a, b, change, isBetter };
    });
}

/** Kinds of pictures, each with its scores: rows of a table. */
export function kindsOf(scores) {
  return Object.entries(scores.kinds ?? {}).map(([key, kind]) => ({ key, ...kind }));
}

export const asPercent = (value) => (value === undefined ? "–" : percent(value));

function isKnown(row) {
  return row.adapter !== undefined || row.base !== undefined;
}
