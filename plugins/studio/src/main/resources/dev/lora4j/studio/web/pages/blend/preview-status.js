// What the picture on the stage is, and what comes next. Only what stays is read out, not each step of a drag.
import { html } from "../../parts/html.js";
import { ErrorBox } from "../../parts/error-box.js";

/** The few steps that the queue makes first. */
export function PreviewStatus({ preview, blend, live }) {
  const { shown, making, error, canBeMade } = preview;
  const isCurrent = shown?.blend === blend;
  return html`<div class="preview-status">
    <p class=${making ? "busy" : ""}>
      ${making && html`<span class="spinner" /> `}${textOf({ shown, making, isCurrent, canBeMade, live, error })}
    </p>
    <p class="hidden-text"
      role="status">${!making && isCurrent && shown.full && `Picture made in ${seconds(shown.picture)}.`}</p>
    ${
      error &&
      html`<${ErrorBox}
        title=${shown ? "This blend has no picture; the one above is of an earlier blend" : "No picture"}
      error=${error} onRetry=${preview.retry} />`
    }
  </div>`;
}

function textOf({ shown, making, isCurrent, canBeMade, live, error }) {
  if (!canBeMade) {
    return "Say in the prompt what the picture shows.";
  }
  if (!shown) {
    return making ? "The first picture is on its way…" : live || error ? "" : "No picture yet.";
  }
  const made = `${shown.full ? "All steps" : "A few steps"}, ${seconds(shown.picture)}`;
  if (!isCurrent) {
    return making ? `${made}. That of the newest blend is on its way…` : `${made}, of an earlier blend.`;
  }
  return making?.full || !shown.full ? `${made}. A finer one is on its way…` : `${made}.`;
}

function seconds({ seconds: made, waited }) {
  const time = Number.isFinite(made) ? made : waited;
  return `${time < 10 ? time.toFixed(2) : Math.round(time)} s`;
}
