// A page that is shown once the server has said what there is to choose from: `start` is then a property of it.
import { ErrorBox } from "../parts/error-box.js";
import { html } from "../parts/html.js";
import { Loading } from "../parts/loading.js";
import { readStart, start } from "../state.js";
import { useStore } from "../store.js";

export function needsStart(Page) {
  return function Started(properties) {
    const { value, error } = useStore(start);
    if (value) {
      return html`<${Page} ...${properties} start=${value} />`;
    }
    return error
      ? html`<${ErrorBox} title="The studio could not be read" error=${error} onRetry=${readStart} />`
      : html`<${Loading} text="the settings" />`;
  };
}
