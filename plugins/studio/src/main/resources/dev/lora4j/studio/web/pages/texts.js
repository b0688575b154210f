import { html } from "../parts/html.js";
import { PageHead } from "../parts/page-head.js";

export default function Page() {
  return html`<${PageHead} title="texts" />`;
}
