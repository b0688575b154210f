// The settings of an evaluation as the page keeps them, and the request that they are.
export const FIRST = {
  adapter: "",
  weight: 1,
  judged: "",
  truths: "",
  base: undefined,
  concepts: undefined,
  perConcept: undefined,
  otherStyle: "",
  seed: undefined,
  steps: undefined,
  guidance: undefined,
};

const PLAIN = ["base", "concepts", "perConcept", "otherStyle", "seed", "steps", "guidance"];

export function requestOf(kept) {
  const request = kept.adapter ? { adapter: kept.adapter, weight: kept.weight } : {};
  if (kept.truths) {
    request.truths = kept.truths;
  } else {
    request.style = kept.judged;
  }
  for (const name of PLAIN) {
    if (kept[name] !== undefined && kept[name] !== "") {
      request[name] = kept[name];
    }
  }
  return request;
}

/** The settings of an earlier request. */
export function settingsOf(request) {
  const said = Object.fromEntries(PLAIN.map((name) => [name, request[name]]));
  return {
    ...FIRST,
    ...said,
    adapter: request.adapter ?? "",
    weight: request.weight ?? 1,
    judged: request.style ?? "",
    truths: request.truths ?? "",
  };
}

/** What an evaluation is called: adapter, weight, style. */
export function titleOf(job) {
  const { adapter, weight, style, truths } = job.request ?? {};
  if (!style && !truths) {
    return job.title;
  }
  const subject = adapter ? `${adapter} at ${weight ?? 1}` : "the base alone";
  return `${subject}, as ${style ?? truths}`;
}
