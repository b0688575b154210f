// Cards, as many as were scrolled to; so a library of thousands is shown at once.
//   cards, selected (name), inBlend (set of names)
import { html, useEffect, useRef, useState } from "../../parts/html.js";
import { Button } from "../../parts/button.js";
import { Card } from "./card.js";

const portion = 60;

export function CardGrid({ cards, selected, inBlend }) {
  const [count, setCount] = useState(portion);
  const end = useRef();
  const shown = cards.slice(0, count);
  const more = cards.length - shown.length;
  useEffect(() => {
    if (more <= 0) {
      return undefined;
    }
    const observer = new IntersectionObserver(
      ([entry]) => entry.isIntersecting && setCount((old) => old + portion),
      { rootMargin: "800px" },
    );
    observer.observe(end.current);
    return () => observer.disconnect();
  }, [more > 0, count]);
  return html`<ul class="cards">
      ${shown.map((card) => html`<li key=${card.name}><${Card} card=${card} selected=${card.name === selected} inBlend=${inBlend.has(card.name)} /></li>`)}
    </ul>
    ${more > 0 && html`<p ref=${end} class="row cards-more"><${Button} onClick=${() => setCount(count + portion)}>Show more of ${more}<//></p>`}`;
}
