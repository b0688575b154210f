// The layers that an adapter changes.
//   sites   [{name, method, rank, alpha}]
import { html, useState } from "../../parts/html.js";
import { SearchBox } from "../../parts/search-box.js";
import { Table } from "../../parts/table.js";
import { methodName, short } from "../../parts/words.js";

const most = 300;
const columns = [
  { key: "name", label: "Layer", sort: (site) => site.name, render: (site) => html`<code>${site.name}</code>` },
  { key: "method", label: "Method", sort: (site) => site.method, render: (site) => methodName(site.method) },
  { key: "rank", label: "Rank", numeric: true, sort: (site) => site.rank },
  { key: "alpha", label: "Alpha", numeric: true, sort: (site) => site.alpha, render: (site) => short(site.alpha) },
];

export function Layers({ sites }) {
  const [text, setText] = useState("");
  const found = sites.filter((site) => site.name.includes(text.trim()));
  return html`<div class="stack tight">
    <${SearchBox} label="Search layers" value=${text} onInput=${setText} />
    <${Table} caption="Layers" hideCaption columns=${columns} rows=${found.slice(0, most)} keyOf=${(site) => site.name}
      />
    ${found.length > most && html`<p class="muted small">and ${found.length - most} more; search for them</p>`}
  </div>`;
}
