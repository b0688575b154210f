// Pictures that were made lately, so that undo, redo and changing A with B show theirs at once.
//   const pictures = pictureCache(request);   request(blend request, {signal}) -> Promise of a picture
//   pictures.make(blend, {steps, signal})     pictures.has(blend)     pictures.clear()
import { requestOf } from "./model.js";

const MOST = 40;

export function pictureCache(request) {
  const kept = new Map();

  async function make(blend, { steps, signal } = {}) {
    const body = { ...requestOf(blend), ...(steps && { steps }) };
    const key = JSON.stringify(body);
    let picture = kept.get(key);
    if (!picture) {
      const began = performance.now();
      picture = { ...(await request(body, { signal })), waited: (performance.now() - began) / 1000 };
    }
    kept.delete(key);
    kept.set(key, picture);
    if (kept.size > MOST) {
      kept.delete(kept.keys().next().value);
    }
    return picture;
  }

  return { make, clear: () => kept.clear() };
}
