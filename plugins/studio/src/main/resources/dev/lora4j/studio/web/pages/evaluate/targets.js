// What an adapter that has learned its style should reach, each as reached or missed.
import { html } from "../../parts/html.js";
import { Icon } from "../../parts/icon.js";

export function Targets({ targets }) {
  const reached = targets.filter((target) => target.reached).length;
  return html`<div>
    <h3>${reached} of ${targets.length} targets reached</h3>
    <ul class="targets">
      ${targets.map(
        (target) => html`<li key=${target.target} class=${target.reached ? "reached" : "missed"}>
          <${Icon} name=${target.reached ? "check" : "close"} />
          <span>
            <span class="hidden-text">${target.reached ? "Reached: " : "Missed: "}</span>${`${target.target}: `}
            <strong>${target.value}</strong>
          </span>
        </li>`,
      )}
    </ul>
  </div>`;
}
