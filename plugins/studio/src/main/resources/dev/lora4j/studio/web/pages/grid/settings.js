// The settings of a grid as the page keeps them, and the request that they are.
import { textOf } from "./axes.js";

export const FIRST = {
  prompt: "",
  negative: "",
  adapters: [],
  axes: { x: { kind: "lora", values: "0,0.5,1" }, y: { kind: "seed", values: "1-3" }, z: { kind: "", values: "" } },
  seed: 1,
};

const PLAIN = [
  "base",
  "negative",
  "seed",
  "steps",
  "guidance",
  "sampler",
  "schedule",
  "width",
  "height",
  "mixer",
  "route",
];

export function requestOf(kept) {
  const request = { prompt: kept.prompt, adapters: kept.adapters.map(withoutEmpty), axes: {} };
  for (const name of PLAIN) {
    if (kept[name] !== undefined && kept[name] !== "") {
      request[name] = kept[name];
    }
  }
  for (const direction of ["x", "y", "z"]) {
    const text = textOf(kept.axes[direction]);
    if (text !== undefined) {
      request.axes[direction] = text;
    }
  }
  return request;
}

/** Settings with the prompt, adapters and sampling of a blend; the axes stay. */
export function ofBlend(kept, blend) {
  const taken = Object.fromEntries(["prompt", ...PLAIN].map((name) => [name, blend[name]]));
  return { ...kept, ...taken, prompt: blend.prompt ?? "", adapters: blend.adapters.filter((row) => row.on !== false) };
}

/** Changes that put an adapter in; axes that still lack one get it. */
export function withAdapter({ adapters, axes }, { name, weight }) {
  const rows = adapters.some((row) => row.name === name)
    ? adapters
    : [...adapters, { name, weight: String(weight ?? 1) }];
  const filled = Object.entries(axes).map(([direction, axis]) => [
    direction,
    axis.adapter ? axis : { ...axis, adapter: name },
  ]);
  return { adapters: rows, axes: Object.fromEntries(filled) };
}

function withoutEmpty(row) {
  return Object.fromEntries(
    Object.entries(row).filter(([, value]) => value !== undefined && value !== "" && value !== true),
  );
}
