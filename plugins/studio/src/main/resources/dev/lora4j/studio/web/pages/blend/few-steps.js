// Adapters for few steps: what they say of sampler, steps and guidance counts where the blend says nothing.
import { mainWeight, parseWeight } from "./weight.js";

const TAG = /<lora:([^:<>]+)((?::[^:<>]*)*)>/g;

/**
 * The base with the defaults that a picture of the blend has: those of its first adapter for few steps of a weight
 * other than 0, whose name is `fewStepsOf` then, and else the base's own.
 */
export function defaultsOf(base, blend, cards) {
  if (!base) {
    return base;
  }
  const found = [...rowsOf(blend), ...tagsOf(blend.prompt)].find(
    (row) => weightOf(row.weight) !== 0 && cardOf(row.name, cards)?.fewSteps,
  );
  return found ? { ...base, ...cardOf(found.name, cards).fewSteps, fewStepsOf: found.name } : base;
}

/** A sentence that says where the defaults are from; undefined if they are the base's. */
export function fewStepsText(base) {
  return base?.fewStepsOf
    ? `${base.fewStepsOf} is for few steps: sampler ${base.sampler}, ${base.steps} steps, guidance ${base.guidance}, unless you say otherwise.`
    : undefined;
}

function rowsOf(blend) {
  return (blend.adapters ?? []).filter((row) => row.on !== false);
}

function tagsOf(prompt) {
  return [...(prompt ?? "").matchAll(TAG)].map(([, name, rest]) => ({ name, weight: rest.split(":").pop() || "1" }));
}

function cardOf(name, cards) {
  const same = cards.find((card) => card.name === name);
  const ends = cards.filter((card) => card.name.endsWith(`/${name}`));
  return same ?? (ends.length === 1 ? ends[0] : undefined);
}

function weightOf(text) {
  try {
    return mainWeight(parseWeight(text));
  } catch {
    return 1;
  }
}
