// Facts of an adapter as a list.
//   card
import { html } from "../../parts/html.js";
import { Button } from "../../parts/button.js";
import { copy } from "../../parts/copy.js";
import { ago, bytes, methodName } from "../../parts/words.js";
import { href } from "../../router.js";

export function Facts({ card }) {
  const rank = card.rank ? `, rank ${card.rank}${card.alpha ? `, alpha ${card.alpha}` : ""}` : "";
  const facts = [
    ["Name", card.name],
    ["For", card.for ?? card.family],
    ["Fits", card.bases?.join(", ")],
    ["Trained on", card.trainedOn],
    ["Method", card.method && methodName(card.method) + rank],
    ["Weight", card.weight],
    ["For few steps", stepsOf(card.fewSteps)],
    ["Licence", card.license || "The file says none."],
    ["Author", card.author],
    ["From", originOf(card)],
    ["Revision", card.revision],
    ["File", card.file],
    ["Size", bytes(card.bytes)],
    ["Changed", card.modified && ago(card.modified)],
    ["Run", card.run && html`<a href=${href("runs", { run: card.run })}>${card.run}</a>`],
    ["Description", card.description],
    ["Remarks", card.notes],
    ["Negative", card.negative],
    [
      "SHA-256",
      card.sha256 &&
        html`<span class="hash"><code>${card.sha256}</code>
      <${Button} kind="quiet" icon="copy" label="Copy the hash" onClick=${() => copy(card.sha256, "Hash")} /></span>`,
    ],
  ];
  return html`<dl class="properties">
    ${facts.filter(isKnown).map(([name, value]) => html`<div key=${name}><dt>${name}</dt><dd>${value}</dd></div>`)}
  </dl>`;
}

const isKnown = ([, value]) => value !== undefined && value !== null && value !== "";

function stepsOf(few) {
  return few && `sampler ${few.sampler}, ${few.steps} steps, guidance ${few.guidance}`;
}

// Anybody may have written the page into the file: an address is a link only if it is https.
function originOf({ source, page }) {
  return page?.startsWith("https://")
    ? html`<a href=${page} rel="noopener noreferrer" target="_blank">${source || page}</a>`
    : source;
}
