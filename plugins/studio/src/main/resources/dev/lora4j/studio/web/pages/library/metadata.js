// The entries of a file's metadata. Long ones are cut; all of it is in `inspect --all`.
//   metadata   {key: text}
import { html } from "../../parts/html.js";

const longest = 400;

export function Metadata({ metadata }) {
  return html`<dl class="facts metadata">
    ${Object.entries(metadata).map(([key, value]) => html`<div key=${key}>
      <dt><code>${key}</code></dt>
      <dd>${value.length > longest ? `${value.slice(0, longest)}… (${value.length.toLocaleString("en")} characters)` : value}</dd>
    </div>`)}
  </dl>`;
}
