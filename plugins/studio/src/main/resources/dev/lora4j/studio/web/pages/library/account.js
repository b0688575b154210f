// The key account: what became of the keys of the file.
//   account   {keys: {total, used, converted, ignored: [{key, reason}]}, dialects, modules}
import { html } from "../../parts/html.js";
import { Disclosure } from "../../parts/disclosure.js";
import { Table } from "../../parts/table.js";
import { plural } from "../../parts/words.js";

const columns = [
  { key: "key", label: "Key", render: (row) => html`<code>${row.key}</code>` },
  { key: "reason", label: "Why", sort: (row) => row.reason },
];

export function Account({ account }) {
  const { keys, dialects = [], modules } = account;
  if (!keys) {
    return null;
  }
  const used = keys.used + (keys.converted ?? 0);
  const ignored = keys.ignored ?? [];
  return html`<section class="stack tight">
    <h3 class="label">Keys</h3>
    <p>
      <strong>${used} of ${keys.total} keys</strong> are used
      ${keys.converted > 0 && html`, ${keys.converted} of them in another form`}
      ${modules?.unmatched > 0 && html`; ${plural(modules.unmatched, "layer is", "layers are")} not in the base`}.
      ${dialects.length > 0 && html`<span class="muted"> Keys as in ${dialects.join(", ")}.</span>`}
    </p>
    <meter class="meter" min="0" max=${keys.total || 1} value=${used} aria-label="Keys that are used" />
    ${ignored.length > 0 && html`<${Disclosure} title="Keys that are not used" hint=${ignored.length}>
      <${Table} caption="Keys that are not used" hideCaption columns=${columns} rows=${ignored} keyOf=${(row) => row.key} />
    <//>`}
  </section>`;
}
