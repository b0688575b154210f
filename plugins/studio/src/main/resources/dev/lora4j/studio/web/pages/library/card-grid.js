// Cards, as many as were scrolled to; so a library of thousands is shown at once.
//   cards, selected (name), inBlend (set of names)
//   query   another one begins with the first cards again
import { html, useEffect, useRef, useState } from "../../parts/html.js";
import { Button } from "../../parts/button.js";
import { Card } from "./card.js";

const portion = 60;

export function CardGrid({ cards, query, selected, inBlend }) {
  const [count, setCount] = useState(portion);
  useEffect(() => setCount(portion), [query]);
  const end = useRef();
  const item = useItems();
  const shown = cards.slice(0, count);
  const more = cards.length - shown.length;
  useEffect(() => {
    if (more <= 0) {
      return undefined;
    }
    const observer = new IntersectionObserver(([entry]) => entry.isIntersecting && setCount((old) => old + portion), {
      rootMargin: "800px",
    });
    observer.observe(end.current);
    return () => observer.disconnect();
  }, [more > 0, count]);
  return html`<ul class="cards">${shown.map((card) => item(card, card.name === selected, inBlend.has(card.name)))}</ul>
    ${
      more > 0 &&
      html`<p ref=${end} class="row cards-more"><${Button}
      onClick=${() => setCount(count + portion)}>Show more of ${more}<//></p>`
    }`;
}

// An element that is the same as before is not looked at again: with a thousand cards that is what takes the time.
function useItems() {
  const kept = useRef(new Map());
  return (card, isSelected, isInBlend) => {
    const old = kept.current.get(card.name);
    if (old?.card === card && old.isSelected === isSelected && old.isInBlend === isInBlend) {
      return old.element;
    }
    const element = html`<li key=${card.name}><${Card} card=${card} selected=${isSelected} inBlend=${isInBlend} />
      </li>`;
    kept.current.set(card.name, { card, isSelected, isInBlend, element });
    return element;
  };
}
