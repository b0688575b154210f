// Starts the training. Where its output exists: go on, begin anew and lose it, or another name.
import { html, useState } from "../../parts/html.js";
import { startAction } from "../../actions.js";
import { Button } from "../../parts/button.js";
import { Confirm } from "../../parts/confirm.js";
import { go } from "../../router.js";
import { library, runs } from "../../state.js";
import { useStore } from "../../store.js";
import { earlierOf, freeName } from "./earlier.js";

export function StartTraining({ settings, change, request }) {
  const [asking, setAsking] = useState(false);
  const [refused, setRefused] = useState();
  const known = useStore(runs).value ?? [];
  const cards = useStore(library).value?.adapters ?? [];
  const earlier = earlierOf(request.output, known, cards);
  const isRefused = refused?.output === request.output;
  const start = async (extra = {}) => {
    try {
      await startAction("train", { ...request, ...extra });
      go("runs");
    } catch (error) {
      if (error.field !== "output" && error.status !== 409) {
        throw error;
      }
      setRefused({ output: request.output, message: error.message });
    }
  };
  const free = freeName(request.output, known, cards);
  if (!earlier && !isRefused) {
    return html`<div class="row"><${Button} kind="primary" icon="play"
      onClick=${() => start()}>Start training<//></div>`;
  }
  return html`<div class="earlier stack" role="group" aria-label="There is an earlier run">
    <p>${isRefused ? refused.message : earlier.text}</p>
    <div class="row">
      ${
        earlier?.canResume &&
        html`<${Button} kind="primary" icon="play"
        onClick=${() => start({ resume: true })}>Resume it<//>`
      }
      <${Button} onClick=${() => change({ output: free })}>Take the name ${free}<//>
      ${
        !earlier?.isRunning &&
        html`<${Button} kind="danger" icon="trash"
        onClick=${() => setAsking(true)}>Overwrite it…<//>`
      }
    </div>
    ${
      asking &&
      html`<${Confirm} title=${`Overwrite ${request.output}?`} verb="Overwrite and start" danger
        onConfirm=${() => start({ overwrite: true })}
      onClose=${() => setAsking(false)}>
      <p>The earlier run of ${request.output}, its checkpoints, previews and its adapter are lost.</p>
    <//>`
    }
  </div>`;
}
