// All that is known of an adapter, and what can be done with it.
//   card     with metadata, account, sites, blocks
//   groups   {name: [adapters]}
import { html } from "../../parts/html.js";
import { Chip } from "../../parts/chip.js";
import { copy } from "../../parts/copy.js";
import { Disclosure } from "../../parts/disclosure.js";
import { ErrorBox } from "../../parts/error-box.js";
import { Picture } from "../../parts/picture.js";
import { plural } from "../../parts/words.js";
import { Account } from "./account.js";
import { Blocks } from "./blocks.js";
import { DetailActions } from "./detail-actions.js";
import { Facts } from "./facts.js";
import { GroupChips } from "./group-chips.js";
import { Layers } from "./layers.js";
import { Metadata } from "./metadata.js";
import { Notes } from "./notes.js";
import { problemsOf, titleOf } from "./query.js";

export function Detail({ card, groups }) {
  const problems = problemsOf(card);
  const warnings = card.warnings ?? [];
  const entries = Object.keys(card.metadata ?? {}).length;
  return html`<div class="stack">
    ${card.preview && html`<${Picture} src=${card.preview} alt=${`Picture of ${titleOf(card)}`} />`}
    ${problems.length > 0 && html`<${ErrorBox} title="It cannot be used as it is">${problems.join("\n")}<//>`}
    <${DetailActions} card=${card} />
    ${
      card.triggers?.length > 0 &&
      html`<section>
      <h3 class="label">Trigger words</h3>
      <p class="row chips">${card.triggers.map(
        (word) => html`<${Chip} key=${word} label=${`Copy ${word}`}
        onClick=${() => copy(word, "Trigger word")}>${word}<//>`,
      )}</p>
    </section>`
    }
    <${Facts} card=${card} />
    <section><h3 class="label">Groups</h3><${GroupChips} name=${card.name} groups=${groups} /></section>
    ${
      warnings.length > 0 &&
      html`<ul class="notice stack tight">${warnings.map(
        (warning) => html`<li key=${warning}>
      ${warning}</li>`,
      )}</ul>`
    }
    ${card.account && html`<${Account} account=${card.account} dialects=${card.dialects} />`}
    ${card.blocks?.length > 0 && html`<${Blocks} blocks=${card.blocks} />`}
    <div>
      <${Disclosure} title="Notes" hint=${card.notes ? "" : "trigger words, weight, remarks"}><${Notes} card=${card} />
        <//>
      ${
        card.sites?.length > 0 &&
        html`<${Disclosure} title="Layers" hint=${plural(card.sites.length, "layer")}>
        <${Layers} sites=${card.sites} /><//>`
      }
      ${
        entries > 0 &&
        html`<${Disclosure} title="Metadata" hint=${plural(entries, "entry", "entries")}><${Metadata}
        metadata=${card.metadata} cut=${card.metadataCut} /><//>`
      }
    </div>
  </div>`;
}
