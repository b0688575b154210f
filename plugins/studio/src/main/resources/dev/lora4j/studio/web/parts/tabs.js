// Tabs and the panel of the chosen one. Arrow keys, Home and End move between tabs.
//   label     name of the set of tabs
//   tabs      [{id, label, count}]
//   current   id of the chosen tab, onSelect(id)
//   children  what the panel shows
import { html, useId, useRef } from "./html.js";

export function Tabs({ label, tabs, current, onSelect, children }) {
  const id = useId();
  const list = useRef();
  const onKeyDown = (event) => {
    const at = tabs.findIndex((tab) => tab.id === current);
    const to = {
      ArrowRight: (at + 1) % tabs.length,
      ArrowLeft: (at - 1 + tabs.length) % tabs.length,
      Home: 0,
      End: tabs.length - 1,
    }[event.key];
    if (to !== undefined) {
      event.preventDefault();
      onSelect(tabs[to].id);
      list.current.children[to].focus();
    }
  };
  return html`<div class="tabs">
    <div role="tablist" aria-label=${label} ref=${list} onKeyDown=${onKeyDown}>
      ${tabs.map(
        (tab) => html`<button key=${tab.id} type="button" role="tab" id=${`${id}-${tab.id}`}
          aria-selected=${tab.id === current} aria-controls=${`${id}-panel`}
          tabindex=${tab.id === current ? 0 : -1} onClick=${() => onSelect(tab.id)}>
          ${tab.label}${tab.count > 0 && html` <span class="count">${tab.count}</span>`}
        </button>`,
      )}
    </div>
    <div role="tabpanel" id=${`${id}-panel`} aria-labelledby=${`${id}-${current}`}>${children}</div>
  </div>`;
}
