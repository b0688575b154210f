// Previews of one or two trainings: a slider over the steps, the pictures of that step, and a strip of all.
//   runs
import { html, useMemo, useState } from "../../parts/html.js";
import { Picture } from "../../parts/picture.js";
import { PreviewStrip } from "./preview-strip.js";

export function Previews({ runs }) {
  const steps = useMemo(() => stepsOf(runs), [runs]);
  const [chosen, setChosen] = useState();
  if (!steps.length) {
    return runs[0].kind === "picture" && html`<p class="muted">It has made no previews yet.</p>`;
  }
  // without a choice the newest is shown, and stays the newest while the training goes on
  const at = chosen === undefined ? steps.length - 1 : Math.max(0, steps.indexOf(chosen));
  const step = steps[at];
  return html`<section class="stack tight" aria-labelledby="previews">
    <h3 id="previews">Previews</h3>
    <${PreviewSlider} steps=${steps} at=${at} onAt=${(index) => setChosen(steps[index])} />
    <div class=${runs.length > 1 ? "previews pair" : "previews"}>
      ${runs.map(
        (run) => html`<div key=${run.id} class="stack tight">
        ${runs.length > 1 && html`<h4>${run.id}</h4>`}
        ${picturesAt(run, step).map(
          (preview) => html`<${Picture} key=${preview.prompt ?? ""} src=${preview.url}
          alt=${`${run.id}, step ${preview.step}${preview.prompt ? `: ${preview.prompt}` : ""}`}
          caption=${`Step ${preview.step}${preview.prompt ? ` · ${preview.prompt}` : ""}`} />`,
        )}
      </div>`,
      )}
    </div>
    ${runs.map((run) => html`<${PreviewStrip} key=${run.id} run=${run} step=${step} onStep=${setChosen} />`)}
  </section>`;
}

function PreviewSlider({ steps, at, onAt }) {
  return html`<label class="preview-slider">
    <span>Step <b class="numeric">${steps[at].toLocaleString("en")}</b></span>
    <input type="range" min="0" max=${steps.length - 1} step="1" value=${at} aria-valuetext=${`Step ${steps[at]}`}
      style=${{ "--share": `${(at / Math.max(1, steps.length - 1)) * 100}%` }}
      onInput=${(event) => onAt(Number(event.currentTarget.value))} />
  </label>`;
}

function stepsOf(runs) {
  const all = runs.flatMap((run) => (run.previews ?? []).map((preview) => preview.step));
  return [...new Set(all)].sort((one, other) => one - other);
}

/** The pictures of a step, or of the last one before it. */
function picturesAt(run, step) {
  const previews = run.previews ?? [];
  const last = previews.filter((preview) => preview.step <= step).at(-1)?.step;
  return previews.filter((preview) => preview.step === last);
}
