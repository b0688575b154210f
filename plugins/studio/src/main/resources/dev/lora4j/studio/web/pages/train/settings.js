// The settings of a training as the page keeps them, and the request that they are.

export const FIRST = {
  set: "",
  output: "",
  base: "",
  preset: "",
  method: "",
  targets: "",
  rank: undefined,
  alpha: undefined,
  length: "steps",
  steps: undefined,
  epochs: undefined,
  batch: undefined,
  lr: undefined,
  optimizer: "",
  seed: undefined,
  trigger: "",
  dropout: undefined,
  validation: undefined,
  previews: "captions",
  prompts: "",
  from: "",
  further: "",
};

const PLAIN = [
  "base",
  "preset",
  "method",
  "targets",
  "rank",
  "alpha",
  "batch",
  "optimizer",
  "lr",
  "seed",
  "dropout",
  "from",
];

/** The request of plan and train; an Error names the line of the further settings that is wrong. */
export function requestOf(kept, extra = {}) {
  const request = { images: kept.set, output: kept.output.trim() };
  for (const name of PLAIN) {
    if (kept[name] !== undefined && kept[name] !== "") {
      request[name] = kept[name];
    }
  }
  if (kept[kept.length] !== undefined) {
    request[kept.length] = kept[kept.length];
  }
  if (kept.trigger.trim()) {
    request.trigger = kept.trigger.trim();
  }
  if (kept.validation) {
    request.validation = kept.validation / 100;
  }
  const settings = pairsOf(kept.further);
  if (kept.previews === "prompts") {
    request.previews = linesOf(kept.prompts);
  } else if (kept.previews === "none") {
    settings["previews.prompts"] = "[]";
  }
  if (Object.keys(settings).length > 0) {
    request.settings = settings;
  }
  return { ...request, ...extra };
}

/** What is still missing before the request can be sent; empty if nothing is. */
export function missing(kept) {
  const found = [];
  if (!kept.set) {
    found.push("Choose a set of pictures.");
  }
  if (!kept.output.trim()) {
    found.push("Name the adapter.");
  }
  return found;
}

/** Lines KEY=VALUE as an object; empty lines and those that begin with # are left out. */
export function pairsOf(text) {
  const pairs = {};
  for (const line of linesOf(text)) {
    const at = line.indexOf("=");
    if (line.startsWith("#")) {
      continue;
    }
    const key = line.slice(0, at).trim();
    if (at < 1 || key in pairs) {
      throw new Error(at < 1 ? `'${line}' is no KEY=VALUE, such as adapter.dropout=0.1.` : `${key} is set twice.`);
    }
    pairs[key] = line.slice(at + 1).trim();
  }
  return pairs;
}

function linesOf(text) {
  return text
    .split("\n")
    .map((line) => line.trim())
    .filter(Boolean);
}
