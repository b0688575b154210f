// The live picture of a blend: makes it by the queue, from the cache where it was made before.
//   const preview = useLivePreview(blend, base, live)   {shown, making, error, retry(), now()}
import { createContext, useEffect, useRef, useState } from "../../parts/html.js";
import { postForResponse } from "../../api.js";
import { library } from "../../state.js";
import { pictureCache } from "./picture-cache.js";
import { previewQueue } from "./preview-queue.js";

/** The picture on the stage, for what is painted upon it. */
export const ShownPicture = createContext(undefined);

export const pictures = pictureCache(request);

// An adapter of the same name may be another file now.
let seen = library.get().value;
library.subscribe(({ value }) => {
  if (value !== seen) {
    seen = value;
    pictures.clear();
  }
});

export function useLivePreview(blend, base, live) {
  const [state, setState] = useState({});
  const steps = useRef();
  steps.current = base?.steps ?? Infinity;
  const queue = useRef();
  useEffect(() => {
    queue.current = previewQueue({
      make: pictures.make,
      onChange: setState,
      stepsOf: (wanted) => wanted.steps ?? steps.current,
    });
    return () => queue.current.stop();
  }, []);
  const canBeMade = blend.prompt.trim() !== "" && base !== undefined;
  useEffect(() => {
    if (live && canBeMade) {
      queue.current.want(blend);
    }
  }, [blend, live, canBeMade]);
  return { ...state, canBeMade, retry: () => queue.current.retry(), now: () => queue.current.full(blend) };
}

async function request(body, { signal }) {
  const response = await postForResponse("studio/picture", body, { signal });
  const number = (name) => Number(response.headers.get(name) ?? NaN);
  return {
    blob: await response.blob(),
    seed: response.headers.get("x-lora4j-seed"),
    seconds: number("x-lora4j-seconds"),
  };
}
