// The key account: what became of the keys of the file.
//   account    {total, used, converted, ignored: [{key, reason}]}
//   dialects   whose spelling the keys have
import { html } from "../../parts/html.js";
import { Disclosure } from "../../parts/disclosure.js";
import { Table } from "../../parts/table.js";

const columns = [
  { key: "key", label: "Key", render: (row) => html`<code>${row.key}</code>` },
  { key: "reason", label: "Why", sort: (row) => row.reason },
];

export function Account({ account, dialects = [] }) {
  const { total, converted = 0, ignored = [] } = account;
  const used = account.used + converted;
  return html`<section class="stack tight">
    <h3 class="label">Keys</h3>
    <p>
      <strong>${used} of ${total} keys</strong> are used${converted > 0 && `, ${converted} of them in another form`}.
      ${dialects.length > 0 && html`<span class="muted"> Spelled as in ${dialects.join(", ")}.</span>`}
    </p>
    <meter class="meter" min="0" max=${total || 1} value=${used} aria-label="Keys that are used" />
    ${
      ignored.length > 0 &&
      html`<${Disclosure} title="Keys that are not used" hint=${ignored.length}>
      <${Table} caption="Keys that are not used" hideCaption columns=${columns} rows=${ignored}
        keyOf=${(row) => row.key} />
    <//>`
    }
  </section>`;
}
