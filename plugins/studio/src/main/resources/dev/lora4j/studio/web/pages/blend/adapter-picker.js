// A dialog to add adapters from the library; it stays open, so that several can be added.
//   cards     of the library
//   taken     names that are there already
//   onPick(card), onClose()
//   base      name of the base: those for other ones come last, and say so
//   single    one press is enough: the dialog closes
import { html, useState } from "../../parts/html.js";
import { Button } from "../../parts/button.js";
import { Dialog } from "../../parts/dialog.js";
import { SearchBox } from "../../parts/search-box.js";
import { href } from "../../router.js";

const MOST = 60;

export function AdapterPicker({ cards, taken = [], onPick, onClose, base, single, title = "Add an adapter" }) {
  const [search, setSearch] = useState("");
  const matching = cards.filter((card) => card.kind !== "text" && matches(card, search));
  const found = [...matching.filter((card) => fits(card, base)), ...matching.filter((card) => !fits(card, base))];
  const pick = (card) => {
    onPick(card);
    if (single) {
      onClose();
    }
  };
  const item = (card) => {
    const isTaken = taken.includes(card.name);
    return html`<li key=${card.name}>
      <button type="button" class="pick" disabled=${isTaken || Boolean(card.problem)} onClick=${() => pick(card)}>
        ${
          card.preview
            ? html`<img src=${card.preview} alt="" loading="lazy" />`
            : html`<span class="pick-blank"
          aria-hidden="true" />`
        }
        <span class="pick-words">
          <strong>${card.name}</strong>
          <small>${card.problem ?? (isTaken ? "taken already" : describe(card))}</small>
          ${!fits(card, base) && html`<small class="error-text">not for ${base}</small>`}
        </span>
      </button>
    </li>`;
  };
  return html`<${Dialog} title=${title} onClose=${onClose}
    footer=${html`<${Button} onClick=${onClose}>${single ? "Cancel" : "Done"}<//>`}>
    <${SearchBox} label="Search adapters" value=${search} onInput=${setSearch}
      placeholder="name, trigger word, method" />
    <p class="muted" role="status">${found.length === cards.length ? "" : `${found.length} found`}</p>
    ${
      cards.length === 0 &&
      html`<p>There is no adapter yet. <a
      href=${href("train")}>Train one</a>, or put files into the folder of adapters.</p>`
    }
    <ul class="picks">${found.slice(0, MOST).map(item)}</ul>
    ${found.length > MOST && html`<p class="muted">${found.length - MOST} more: write more of the name.</p>`}
  <//>`;
}

/** Where nothing is known of the bases that an adapter fits, it may fit. */
function fits(card, base) {
  return !base || !card.bases?.length || card.bases.includes(base);
}

function describe(card) {
  const rank = card.rank ? ` of rank ${card.rank}` : "";
  return [card.method && `${card.method}${rank}`, card.family, (card.triggers ?? []).join(", ")]
    .filter(Boolean)
    .join(" · ");
}

/** Whether a card has all words of a search. */
function matches(card, search) {
  const text = [card.name, card.title, card.method, card.family, ...(card.triggers ?? [])].join(" ").toLowerCase();
  return search
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}
