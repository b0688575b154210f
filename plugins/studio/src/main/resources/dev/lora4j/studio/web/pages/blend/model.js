// A blend: what a picture is made of. Fields that are absent are the base's defaults.
//   {base, prompt, negative, seed, steps, guidance, sampler, schedule, width, height, mixer, route,
//    adapters: [{name, weight: text, text, blocks: text, region: id, on}]}
import { mainWeight, parseWeight } from "./weight.js";

export const FIRST_SEED = 1;

const TEXTS = ["base", "negative", "sampler", "schedule", "mixer", "route"];

/** The blend as the page edits it, of whatever was stored, shared or sent; nothing is taken for granted of that. */
export function completed(blend) {
  const given = blend && typeof blend === "object" && !Array.isArray(blend) ? blend : {};
  const rows = Array.isArray(given.adapters) ? given.adapters : [];
  const adapters = new Map();
  for (const row of rows) {
    if (typeof row?.name === "string" && row.name && !adapters.has(row.name)) {
      adapters.set(row.name, {
        ...row,
        weight: textOf(row.weight) || "1",
        blocks: textOf(row.blocks) || undefined,
        on: row.on !== false,
      });
    }
  }
  const texts = Object.fromEntries(
    TEXTS.filter((name) => name in given).map((name) => [name, textOf(given[name]) || undefined]),
  );
  return { seed: FIRST_SEED, ...given, ...texts, prompt: textOf(given.prompt), adapters: [...adapters.values()] };
}

/** The body of a request for the picture: no empty fields. */
export function requestOf(blend) {
  const request = filled(blend);
  request.prompt = blend.prompt;
  request.adapters = blend.adapters.map((row) => {
    const sent = filled(row);
    if (row.on) {
      delete sent.on;
    }
    return sent;
  });
  return request;
}

export function withRow(blend, name, changes) {
  return { ...blend, adapters: blend.adapters.map((row) => (row.name === name ? { ...row, ...changes } : row)) };
}

/** One that is there already stays as it is. */
export function addRow(blend, { name, weight }) {
  if (blend.adapters.some((row) => row.name === name)) {
    return blend;
  }
  return { ...blend, adapters: [...blend.adapters, { name, weight: String(weight ?? 1), on: true }] };
}

export function removeRow(blend, name) {
  return { ...blend, adapters: blend.adapters.filter((row) => row.name !== name) };
}

/** Moves a row up (-1) or down (1), as far as there is room. */
export function moveRow(blend, name, by) {
  const adapters = [...blend.adapters];
  const from = adapters.findIndex((row) => row.name === name);
  const to = Math.min(adapters.length - 1, Math.max(0, from + by));
  adapters.splice(to, 0, ...adapters.splice(from, 1));
  return from === to ? blend : { ...blend, adapters };
}

/** Adapters that take part, each with its one weight: what merge and mix take. */
export function taking(blend) {
  return blend.adapters
    .filter((row) => row.on)
    .map((row) => ({ name: row.name, weight: numberOf(row.weight) }))
    .filter((row) => row.weight !== 0);
}

/** What of a row no file can have: words for a person, empty if it can have all. */
export function onlyInPictures(row) {
  const found = [];
  if (kindOf(row.weight) !== "constant") {
    found.push("its weight changes over the steps");
  }
  if (row.region) {
    found.push("it counts in a region");
  }
  return found;
}

export function kindOf(text) {
  try {
    return parseWeight(text).kind;
  } catch {
    return "wrong";
  }
}

function textOf(value) {
  return ["string", "number"].includes(typeof value) ? String(value) : "";
}

function numberOf(text) {
  try {
    return mainWeight(parseWeight(text));
  } catch {
    return 0;
  }
}

function filled(fields) {
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== undefined && value !== null && value !== ""),
  );
}
