// Axes of a grid: what changes along one, and to which values; their text as --x, --y and --z take it.
//   {kind, adapter, block, values: text}; of the kind "prompt" values are lines, else they stand between commas

export const kinds = [
  { value: "", text: "nothing" },
  { value: "lora", text: "weight of an adapter", example: "0,0.5,1" },
  { value: "block", text: "an adapter in one block", example: "0,0.5,1" },
  { value: "seed", text: "seed", example: "1-4" },
  { value: "steps", text: "steps", example: "10,20,40" },
  { value: "guidance", text: "guidance", example: "1..7:2" },
  { value: "sampler", text: "sampler", example: "ddim,euler" },
  { value: "schedule", text: "schedule", example: "default,karras" },
  { value: "clip-skip", text: "clip skip", example: "0,1" },
  { value: "prompt", text: "words of the prompt", example: "fox\ncat" },
];

const MOST = 100;

/** The file's name without folders and ending, which command lines call an adapter by. */
export const callName = (adapter) => adapter.slice(adapter.lastIndexOf("/") + 1);

/** The axis as text; undefined if nothing changes along it. */
export function textOf(axis) {
  switch (axis.kind) {
    case "":
      return undefined;
    case "lora":
      return `lora:${callName(axis.adapter ?? "")}=${clean(axis.values)}`;
    case "block":
      return `block:${callName(axis.adapter ?? "")}:${axis.block ?? ""}=${clean(axis.values)}`;
    case "prompt":
      return `prompt=${lines(axis.values).join(",")}`;
    default:
      return `${axis.kind}=${clean(axis.values)}`;
  }
}

/** What is still to be said about an axis; undefined if nothing is. */
export function lackOf(axis, { adapters, blocks }) {
  if (axis.kind === "") {
    return undefined;
  }
  if ((axis.kind === "lora" || axis.kind === "block") && !adapters.includes(axis.adapter)) {
    return adapters.length > 0 ? "Choose the adapter whose weight changes." : "Add an adapter.";
  }
  if (axis.kind === "block" && !blocks.includes(axis.block)) {
    return "Choose a block.";
  }
  return valuesOf(axis).length === 0 ? "Write the values." : undefined;
}

/** What is wrong with the values of an axis in words; undefined if nothing is. */
export function problemOf(axis, { prompt, negative = "" }) {
  const values = valuesOf(axis);
  if (values.length > MOST) {
    return `At most ${MOST} values, found ${values.length}.`;
  }
  if (axis.kind === "prompt" && values.length > 0) {
    const withComma = values.find((value) => value.includes(","));
    if (withComma) {
      return `A text with a comma cannot be a value here: '${withComma}'.`;
    }
    return prompt.includes(values[0]) || negative.includes(values[0])
      ? undefined
      : `The first line must be a part of the prompt; '${values[0]}' is not.`;
  }
  return undefined;
}

/** The values one by one, ranges such as 1-4 and 0..1:0.25 written out. */
export function valuesOf(axis) {
  if (axis.kind === "") {
    return [];
  }
  return axis.kind === "prompt" ? lines(axis.values) : clean(axis.values).split(",").filter(Boolean).flatMap(expanded);
}

/** How many pictures these axes make. */
export function countOf(axes) {
  return axes.reduce((count, axis) => count * Math.max(1, valuesOf(axis).length), 1);
}

function expanded(part) {
  const whole = /^(\d+)-(\d+)$/.exec(part);
  const steps = /^(-?[\d.]+)\.\.(-?[\d.]+):([\d.]*[1-9][\d.]*)$/.exec(part);
  if (whole) {
    return counted(Number(whole[1]), Number(whole[2]), 1);
  }
  return steps ? counted(Number(steps[1]), Number(steps[2]), Number(steps[3])) : [part];
}

function counted(from, to, by) {
  const values = [];
  for (let i = 0; from + i * by <= to + 1e-9 && i <= MOST; i++) {
    values.push(String(Math.round((from + i * by) * 1e6) / 1e6));
  }
  return values;
}

const clean = (values) =>
  values
    .split(",")
    .map((value) => value.trim())
    .join(",");

const lines = (values) =>
  values
    .split("\n")
    .map((line) => line.trim())
    .filter(Boolean);
