// How much an adapter changes each block, as bars.
//   blocks   [{block, norm}]
import { html } from "../../parts/html.js";
import { short } from "../../parts/words.js";

export function Blocks({ blocks }) {
  const most = Math.max(...blocks.map((one) => one.norm)) || 1;
  return html`<section>
    <h3 class="label">How much each block is changed</h3>
    <ul class="block-bars">
      ${blocks.map(
        ({ block, norm }) => html`<li key=${block}>
        <span>${block}</span>
        <span class="block-bar" aria-hidden="true"><span style=${{ width: `${(norm / most) * 100}%` }} /></span>
        <span class="numeric">${short(norm, 2)}</span>
      </li>`,
      )}
    </ul>
  </section>`;
}
