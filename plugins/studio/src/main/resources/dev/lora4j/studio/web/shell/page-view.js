// Loads the module of a page when it is first shown. pages/NAME.js exports the component as default;
// its props are {query}: the name-value pairs after "?" in the hash.
import { html, useEffect, useErrorBoundary, useState } from "../parts/html.js";
import { ErrorBox } from "../parts/error-box.js";
import { Loading } from "../parts/loading.js";

const loaded = new Map();

export async function loadPage(page) {
  if (!loaded.has(page.name)) {
    loaded.set(page.name, (await import(`../pages/${page.name}.js`)).default);
  }
  return loaded.get(page.name);
}

export function PageView({ page, query }) {
  const [component, setComponent] = useState(() => loaded.get(page.name));
  const [problem, setProblem] = useState();
  const [broken, reset] = useErrorBoundary((error) => console.error(error));
  useEffect(() => {
    if (!component) {
      loadPage(page).then((found) => setComponent(() => found), setProblem);
    }
  }, [page.name]);
  if (problem) {
    return html`<${ErrorBox} title="This page could not be loaded" error=${problem} />`;
  }
  if (broken) {
    return html`<${ErrorBox} title="This page has failed" error=${broken} onRetry=${reset} />`;
  }
  return component ? html`<${component} query=${query} />` : html`<${Loading} text=${page.title} />`;
}
