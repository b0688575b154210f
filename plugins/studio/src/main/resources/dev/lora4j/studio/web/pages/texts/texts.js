// What the page Texts is set to, and the requests of it.
import { storedStore } from "../../store.js";

export const defaults = {
  temperature: 0.8,
  maxTokens: 128,
  topP: 1,
  topK: 0,
  minP: 0,
  repetitionPenalty: 1,
  seed: 0,
  stop: "",
};

/** sides: the mixes, one or two, as lists of {name, weight}; mode: "chat" or "completion". */
export const texts = storedStore("lora4j.texts", {
  model: "",
  mode: "chat",
  system: "",
  sides: [[]],
  sampling: defaults,
});

export const change = (changes) => texts.update((old) => ({ ...old, ...changes }));

export const changeSide = (side, adapters) =>
  texts.update((old) => ({ ...old, sides: old.sides.map((one, at) => (at === side ? adapters : one)) }));

export const changeSampling = (changes) =>
  texts.update((old) => ({ ...old, sampling: { ...old.sampling, ...changes } }));

/** Puts an adapter into the first mix, and takes a model that it fits. */
export function takeAdapter(name, cards, models) {
  const card = cards.find((one) => one.name === name);
  texts.update((old) => {
    const fits = (model) => card?.bases?.includes(model.name);
    const kept = models.find((model) => model.name === old.model) ?? models[0];
    const model = fits(kept) ? kept : (models.find(fits) ?? kept);
    const [first, ...others] = old.sides;
    const isIn = first.some((row) => row.name === name);
    const sides = [isIn ? first : [...first, { name, weight: card?.weight ?? 1 }], ...others];
    return { ...old, model: model.name, sides };
  });
}

export const isChat = (settings, model) => model.chat && settings.mode === "chat";

/** Name of a model with its mix, as the protocols want it: tiny-lm+whale:0.5. */
export function mixName(model, adapters) {
  return [model.name, ...adapters.filter((row) => row.weight !== 0).map((row) => `${row.name}:${row.weight}`)].join(
    "+",
  );
}

/** Path and body of the request for a side; `turns` are those before, with an answer of each side. */
export function requestOf(settings, model, side, turns, prompt, seed) {
  const { temperature, maxTokens, topP, topK, minP, repetitionPenalty } = settings.sampling;
  const body = {
    model: mixName(model, settings.sides[side]),
    max_tokens: maxTokens,
    temperature,
    top_p: topP,
    top_k: topK || undefined,
    min_p: minP || undefined,
    repetition_penalty: repetitionPenalty === 1 ? undefined : repetitionPenalty,
    stop: stopTexts(settings),
    seed,
  };
  if (!isChat(settings, model)) {
    return { path: "v1/completions", body: { ...body, prompt } };
  }
  const messages = [
    ...(settings.system.trim() ? [{ role: "system", content: settings.system }] : []),
    ...turns.flatMap((turn) => [
      { role: "user", content: turn.prompt },
      { role: "assistant", content: turn.answers[side]?.text ?? "" },
    ]),
    { role: "user", content: prompt },
  ];
  return { path: "v1/chat/completions", body: { ...body, messages } };
}

/** The request of the action text-generate for a side. */
export function commandRequest(settings, model, side, prompt, seed) {
  const { temperature, maxTokens, topP, topK, minP, repetitionPenalty } = settings.sampling;
  const chat = isChat(settings, model);
  return {
    model: model.name,
    adapters: settings.sides[side].filter((row) => row.weight !== 0),
    prompt,
    chat: chat || undefined,
    system: chat && settings.system.trim() ? settings.system : undefined,
    maxTokens,
    temperature,
    topP: topP === 1 ? undefined : topP,
    topK: topK || undefined,
    minP: minP || undefined,
    repetitionPenalty: repetitionPenalty === 1 ? undefined : repetitionPenalty,
    stop: stopTexts(settings),
    seed,
  };
}

// a stop text a line; \n stands for a line break
function stopTexts(settings) {
  const all = settings.sampling.stop
    .split("\n")
    .filter(Boolean)
    .map((text) => text.replaceAll("\\n", "\n"));
  return all.length ? all : undefined;
}
