// The turns of a conversation. A turn has one prompt, and an answer of each mix that comes bit by bit.
import { useEffect, useRef, useState } from "../../parts/html.js";
import { stream } from "../../stream.js";
import { isChat, mixName, requestOf } from "./texts.js";

let count = 0;

/**
 * {turns, isBusy, send(prompt), again(), stop(), clear()}; a turn is
 * {id, prompt, seed, answers: [{text, state, reason, error, mix, seconds}]}.
 */
export function useConversation(settings, model) {
  const [turns, setTurns] = useState([]);
  const abort = useRef();
  const isBusy = turns.some((turn) => turn.answers.some((answer) => answer.state === "coming"));
  useEffect(() => () => abort.current?.abort(), []);

  const ask = (before, prompt, seed) => {
    abort.current?.abort();
    abort.current = new AbortController();
    const { signal } = abort.current;
    const turn = {
      id: ++count,
      prompt,
      seed,
      answers: settings.sides.map((adapters) => ({ text: "", state: "coming", mix: mixName(model, adapters) })),
    };
    setTurns([...before, turn]);
    settings.sides.forEach((_, side) => {
      const { path, body } = requestOf(settings, model, side, isChat(settings, model) ? before : [], prompt, seed);
      answer(path, body, signal, (changes) => setTurns((old) => changed(old, turn.id, side, changes)));
    });
  };
  return {
    turns,
    isBusy,
    send: (prompt) => ask(turns, prompt, settings.sampling.seed),
    again: () => ask(turns.slice(0, -1), turns.at(-1).prompt, turns.at(-1).seed + 1),
    stop: () => abort.current?.abort(),
    clear: () => (abort.current?.abort(), setTurns([])),
  };
}

async function answer(path, body, signal, change) {
  const began = performance.now();
  let text = "";
  let reason;
  try {
    for await (const event of stream(path, body, signal)) {
      const choice = event.choices?.[0] ?? {};
      text += choice.delta?.content ?? choice.text ?? "";
      reason = choice.finish_reason ?? reason;
      change({ text });
    }
    change({ state: "done", reason, seconds: (performance.now() - began) / 1000 });
  } catch (error) {
    change(error.name === "AbortError" ? { state: "stopped" } : { state: "failed", error });
  }
}

function changed(turns, id, side, changes) {
  return turns.map((turn) =>
    turn.id === id
      ? { ...turn, answers: turn.answers.map((one, at) => (at === side ? { ...one, ...changes } : one)) }
      : turn,
  );
}
