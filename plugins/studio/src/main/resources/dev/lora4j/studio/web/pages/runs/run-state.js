// The state of a training as a chip.
//   run
import { html } from "../../parts/html.js";
import { Chip } from "../../parts/chip.js";

const states = { running: ["Running", "busy"], finished: ["Finished", "good"], unfinished: ["Unfinished", ""] };

export function RunState({ run }) {
  const [text, tone] = states[run.state] ?? [run.state, ""];
  return html`<${Chip} tone=${tone}>${text}<//>`;
}
