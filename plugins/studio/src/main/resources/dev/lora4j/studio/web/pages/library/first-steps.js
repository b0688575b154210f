// What to do in a library that is empty.
//   folder, onPull()
import { html } from "../../parts/html.js";
import { Button } from "../../parts/button.js";
import { EmptyState } from "../../parts/empty-state.js";
import { href } from "../../router.js";

export function FirstSteps({ folder = "adapters", onPull }) {
  return html`<${EmptyState} icon="library" title="There are no adapters yet">
    <p>
      Train one on your own pictures, pull one from Hugging Face or Civitai, or put files into the folder
      <code> ${folder}</code>. They appear here by themselves.
    </p>
    <p class="row">
      <a class="button primary" href=${href("train")}>Train your first style</a>
      <${Button} icon="download" onClick=${onPull}>Pull one<//>
    </p>
  <//>`;
}
