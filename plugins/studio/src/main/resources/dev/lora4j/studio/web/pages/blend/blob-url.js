// The address of a blob for as long as a component shows it.
import { useLayoutEffect, useState } from "../../parts/html.js";

export function useBlobUrl(blob) {
  const [url, setUrl] = useState();
  useLayoutEffect(() => {
    if (!blob) {
      setUrl(undefined);
      return undefined;
    }
    const made = URL.createObjectURL(blob);
    setUrl(made);
    return () => URL.revokeObjectURL(made);
  }, [blob]);
  return url;
}
