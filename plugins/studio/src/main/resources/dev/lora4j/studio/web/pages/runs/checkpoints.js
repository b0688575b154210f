// The adapters that a training has written on its way.
//   run
import { html } from "../../parts/html.js";
import { Button } from "../../parts/button.js";
import { Disclosure } from "../../parts/disclosure.js";
import { Table } from "../../parts/table.js";
import { toast } from "../../parts/toast.js";
import { plural } from "../../parts/words.js";
import { href } from "../../router.js";
import { blend, putIntoBlend, takeOutOfBlend } from "../../state.js";
import { useStore } from "../../store.js";

export function Checkpoints({ run }) {
  const rows = useStore(blend).adapters;
  const adapters = (run.adapters ?? []).filter((adapter) => adapter.name);
  if (!adapters.length) {
    return null;
  }
  const put = (adapter) => {
    putIntoBlend(adapter);
    toast(`Step ${adapter.step} of ${run.id} is in the blend`, {
      link: { href: href("blend"), text: "Show the blend" },
    });
  };
  const blendButton = (adapter) => {
    const isIn = rows.some((row) => row.name === adapter.name);
    return html`<${Button} icon=${isIn ? "check" : "plus"} aria-pressed=${isIn}
      aria-label=${`Step ${adapter.step} in the blend`}
      onClick=${() => (isIn ? takeOutOfBlend(adapter.name) : put(adapter))}>Blend<//>`;
  };
  const columns = [
    {
      key: "step",
      label: "Step",
      numeric: true,
      sort: (adapter) => adapter.step,
      render: (adapter) => adapter.step.toLocaleString("en"),
    },
    { key: "file", label: "File", render: (adapter) => html`<code>${adapter.file}</code>` },
    ...(run.kind === "picture"
      ? [
          { key: "blend", label: "Blend", render: blendButton },
          {
            key: "evaluate",
            label: "Evaluate",
            render: (adapter) => html`<a class="button" href=${href("evaluate", { adapter: adapter.name })}
            aria-label=${`Evaluate step ${adapter.step}`}>Evaluate</a>`,
          },
        ]
      : [
          {
            key: "texts",
            label: "Texts",
            render: (adapter) => html`<a class="button" href=${href("texts", { adapter: adapter.name })}
          aria-label=${`Try step ${adapter.step}`}>Try</a>`,
          },
        ]),
  ];
  return html`<${Disclosure} title="Adapters of its checkpoints" hint=${plural(adapters.length, "adapter")}>
    <${Table} caption=${`Adapters of ${run.id}`} hideCaption columns=${columns} rows=${adapters}
      keyOf=${(adapter) => adapter.name} />
  <//>`;
}
