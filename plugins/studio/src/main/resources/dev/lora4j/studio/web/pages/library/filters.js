// Search, filters and order of the library.
//   cards, query, onQuery(changes)
import { html, useMemo } from "../../parts/html.js";
import { Button } from "../../parts/button.js";
import { Disclosure } from "../../parts/disclosure.js";
import { SearchBox } from "../../parts/search-box.js";
import { Select } from "../../parts/select.js";
import { useMedia } from "../../parts/use-media.js";
import { countBases, countTags, everything, isFiltered, orders } from "./query.js";

const kinds = [
  { value: "picture", text: "Pictures" },
  { value: "text", text: "Texts" },
  { value: "problem", text: "With problems" },
];

export function Filters({ cards, query, onQuery }) {
  const bases = useMemo(() => options(countBases(cards)), [cards]);
  const tags = useMemo(() => options(countTags(cards)), [cards]);
  const wide = useMedia("(min-width: 45rem)");
  const set = (key) => (value) => onQuery({ [key]: value });
  const selects = html`<div class="filters">
    <${Select} label="Kind" empty="All" options=${kinds} value=${query.kind} onInput=${set("kind")} />
    <${Select} label="Base" empty="All" options=${bases} value=${query.base} onInput=${set("base")} />
    <${Select} label="Tag" empty="All" options=${tags} value=${query.tag} onInput=${set("tag")} />
    <${Select} label="Order" options=${Object.entries(orders).map(([value, { text }]) => ({ value, text }))}
      value=${query.order} onInput=${set("order")} />
  </div>`;
  return html`<div class="library-bar">
    <${SearchBox} label="Search the library" value=${query.text} onInput=${set("text")}
      placeholder="Search names, trigger words, tags, hashes" />
    ${wide ? selects : html`<${Disclosure} title="Filters">${selects}<//>`}
    ${
      isFiltered(query) &&
      html`<${Button} kind="quiet" icon="close"
      onClick=${() => onQuery({ ...everything, order: query.order })}>
      Clear filters<//>`
    }
  </div>`;
}

const options = (counts) => counts.map(([value, count]) => ({ value, text: `${value} (${count})` }));
