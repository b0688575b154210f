// The entries of a file's metadata. Long ones are cut; all of it is in `inspect --all`.
//   metadata   {key: text}
//   cut        keys whose texts the server has cut
import { html } from "../../parts/html.js";

const longest = 400;

export function Metadata({ metadata, cut = [] }) {
  return html`<dl class="properties metadata">
    ${Object.entries(metadata).map(
      ([key, value]) => html`<div key=${key}>
      <dt><code>${key}</code></dt>
      <dd>${value.length > longest ? `${value.slice(0, longest)}… ${lengthOf(value, cut.includes(key))}` : value}</dd>
    </div>`,
    )}
  </dl>`;
}

const lengthOf = (value, isCut) => `(${isCut ? "more than " : ""}${value.length.toLocaleString("en")} characters)`;
