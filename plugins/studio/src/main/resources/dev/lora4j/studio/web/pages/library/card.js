// An adapter in the library.
//   card      as the server has it
//   selected  whether its details are shown
//   inBlend   whether it is in the blend
import { html } from "../../parts/html.js";
import { Button } from "../../parts/button.js";
import { Chip } from "../../parts/chip.js";
import { copy } from "../../parts/copy.js";
import { Picture } from "../../parts/picture.js";
import { bytes, methodName } from "../../parts/words.js";
import { href } from "../../router.js";
import { takeOutOfBlend } from "../../state.js";
import { addToBlend, canBlend } from "./adding.js";
import { basesOf, problemsOf, titleOf } from "./query.js";

const mostTriggers = 2;

export function Card({ card, selected, inBlend }) {
  const problems = problemsOf(card);
  const triggers = card.triggers ?? [];
  const title = titleOf(card);
  return html`<article class=${`card ${selected ? "selected" : ""} ${card.problem ? "broken" : ""}`}
    aria-busy=${card.pending ? true : undefined}>
    <${Picture} src=${card.preview} alt="" zoom=${false}>${
      card.pending ? "Being read…" : html`<span class="letter" aria-hidden="true">${initials(title)}</span>`
    }<//>
    <div class="card-body">
      <h2><a href=${href("library", { adapter: card.name })}
        aria-current=${selected ? "true" : undefined}>${title}</a></h2>
      ${title !== card.name && html`<p class="card-name">${card.name}</p>`}
      <p class="muted small">${facts(card)}</p>
      ${card.source && html`<p class="muted small card-source">from ${card.source}</p>`}
      ${problems.length > 0 && html`<p class="error-text">${problems[0]}</p>`}
      ${
        triggers.length > 0 &&
        html`<p class="row chips">
        ${triggers.slice(0, mostTriggers).map(
          (word) => html`<${Chip} key=${word} label=${`Copy ${word}`}
          onClick=${() => copy(word, "Trigger word")}>${word}<//>`,
        )}
        ${
          triggers.length > mostTriggers &&
          html`<span class="muted small">and ${triggers.length - mostTriggers} more</span>`
        }
      </p>`
      }
      <p class="muted small numeric card-keys">
        ${card.keys?.total > 0 && html`<span>${card.keys.used} of ${card.keys.total} keys</span>`}
        ${card.sha256 && html`<code title=${card.sha256}>${card.sha256.slice(0, 8)}</code>`}
      </p>
    </div>
    ${
      canBlend(card) &&
      html`<${Button} class="card-add" icon=${inBlend ? "check" : "plus"} aria-pressed=${inBlend}
      label=${`${title} in the blend`} onClick=${() => (inBlend ? takeOutOfBlend(card.name) : addToBlend(card))} />`
    }
  </article>`;
}

function facts(card) {
  const method = card.method && `${methodName(card.method)}${card.rank ? ` ${card.rank}` : ""}`;
  return [basesOf(card).join(", "), method, bytes(card.bytes)].filter(Boolean).join(" · ");
}

// stands in for a picture: the first letters of the first two words
function initials(title) {
  const words = title.split(/[^\p{L}\p{N}]+/u).filter(Boolean);
  return words
    .slice(0, 2)
    .map((word) => [...word][0])
    .join("");
}
