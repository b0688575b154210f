// The details of an adapter: beside the cards where there is room, else in a dialog.
//   name, groups, onClose()
//   stamp   its card in the list, a new one when the adapter may have changed
import { html, useEffect, useRef, useState } from "../../parts/html.js";
import { get } from "../../api.js";
import { Button } from "../../parts/button.js";
import { Dialog } from "../../parts/dialog.js";
import { ErrorBox } from "../../parts/error-box.js";
import { Loading } from "../../parts/loading.js";
import { useMedia } from "../../parts/use-media.js";
import { Detail } from "./detail.js";
import { titleOf } from "./query.js";

export function DetailPlace({ name, groups, stamp, onClose }) {
  const wide = useMedia("(min-width: 64rem)");
  const { card, error, read } = useAdapter(name, stamp);
  const heading = useRef();
  useEffect(() => {
    if (wide) {
      heading.current.focus({ preventScroll: true });
    }
  }, [wide]);
  const title = titleOf(card ?? stamp ?? { name });
  const body = html`
    ${error && html`<${ErrorBox} title="The adapter could not be read" error=${error} onRetry=${read} />`}
    ${!card && !error && html`<${Loading} text=${name} />`}
    ${card && html`<${Detail} card=${card} groups=${groups} />`}`;
  if (!wide) {
    return html`<${Dialog} title=${title} wide onClose=${onClose}>${body}<//>`;
  }
  // Escape in a dialog that was opened from here closes the dialog alone
  const onKeyDown = (event) => event.key === "Escape" && !event.target.closest("dialog") && onClose();
  return html`<aside class="panel detail" aria-label=${title} onKeyDown=${onKeyDown}>
    <header class="row spread">
      <h2 ref=${heading} tabindex="-1">${title}</h2>
      <${Button} kind="quiet" icon="close" label="Close the details" onClick=${onClose} />
    </header>
    ${body}
  </aside>`;
}

function useAdapter(name, stamp) {
  const [state, setState] = useState({});
  const [times, setTimes] = useState(0);
  useEffect(() => {
    const abort = new AbortController();
    get("studio/library/adapter", { name }, abort).then(
      (card) => setState({ card }),
      (error) => error.name !== "AbortError" && setState((old) => ({ ...old, error })),
    );
    return () => abort.abort();
  }, [name, stamp, times]);
  return { ...state, read: () => setTimes(times + 1) };
}
