// The picture of a blend that was kept for comparison: made when nothing else is, and given up when something is.
import { useEffect, useState } from "../../parts/html.js";
import { pictures } from "./live-preview.js";

/** {picture, error} of `blend`; `idle` is true while no other picture is wanted. */
export function useKeptPicture(blend, idle) {
  const [made, setMade] = useState({});
  const isMade = made.blend === blend;
  useEffect(() => {
    if (!blend || !idle || isMade) {
      return undefined;
    }
    const controller = new AbortController();
    pictures.make(blend, { signal: controller.signal }).then(
      (picture) => setMade({ blend, picture }),
      (error) => error.name !== "AbortError" && setMade({ blend, error }),
    );
    return () => controller.abort();
  }, [blend, idle, isMade]);
  return isMade ? made : {};
}
