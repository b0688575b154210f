// html`...` makes elements; the hooks of Preact come from here too, so that pages import one file.
import { h } from "../vendor/preact.module.js";
import htm from "../vendor/htm.module.js";

export const html = htm.bind(h);
export { Fragment, createContext, render } from "../vendor/preact.module.js";
export {
  useCallback,
  useContext,
  useEffect,
  useErrorBoundary,
  useId,
  useLayoutEffect,
  useMemo,
  useReducer,
  useRef,
  useState,
} from "../vendor/hooks.module.js";
