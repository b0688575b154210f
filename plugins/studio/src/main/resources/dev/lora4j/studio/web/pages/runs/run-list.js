// Trainings as a list of links.
//   runs, current (id)
import { html } from "../../parts/html.js";
import { short } from "../../parts/words.js";
import { stepOf } from "./step-of.js";
import { href } from "../../router.js";
import { RunState } from "./run-state.js";

export function RunList({ runs, current }) {
  return html`<ul class="scrolls">
    ${runs.map(
      (run) => html`<li key=${run.id}>
      <a href=${href("runs", { tab: "runs", run: run.id })} aria-current=${run.id === current ? "true" : undefined}>
        <span class="run-name">${run.id}</span><${RunState} run=${run} />
        <span class="muted small numeric">${stepOf(run)}${lossOf(run)}</span>
        ${run.state !== "finished" && html`<progress value=${run.step} max=${run.steps || 1} aria-hidden="true" />`}
      </a>
    </li>`,
    )}
  </ul>`;
}

const lossOf = ({ smoothed }) => (smoothed === undefined ? "" : ` · loss ${short(smoothed)}`);
