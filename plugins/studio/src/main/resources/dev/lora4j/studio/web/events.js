// The one event stream of the tab. After each connection everything is read again, so nothing is missed.
import { isActive, tellEnd } from "./actions.js";
import { get } from "./api.js";
import * as state from "./state.js";

const firstDelay = 1000;
const longestDelay = 15000;
let source;
let delay = firstDelay;

export function listen() {
  source?.close();
  source = new EventSource("studio/events");
  source.addEventListener("open", () => {
    delay = firstDelay;
    state.connected.set(true);
    state.readAll();
  });
  source.addEventListener("job", (event) => takeJob(JSON.parse(event.data)));
  source.addEventListener("job-removed", (event) => state.drop(state.jobs, JSON.parse(event.data).id));
  source.addEventListener("run", (event) => state.put(state.runs, JSON.parse(event.data)));
  source.addEventListener("library", () => state.readLibrary());
  source.addEventListener("pictures", (event) => {
    state.tellPictures(JSON.parse(event.data).set);
    state.readSets();
  });
  source.addEventListener("error", () => lost(source));
}

function takeJob(job) {
  const old = state.jobs.get().value?.find((one) => one.id === job.id);
  state.put(state.jobs, job);
  // whoever asked for short work waits for it where it was asked
  if (old && isActive(old) && !isActive(job) && job.lane !== "quick") {
    tellEnd(job);
  }
}

// EventSource gives up for good on an error status, so connecting again is done here; asking for
// /studio/start first tells a server that is gone from one that wants the token.
function lost(broken) {
  state.connected.set(false);
  broken.close();
  setTimeout(async () => {
    if (broken !== source) {
      return;
    }
    delay = Math.min(delay * 2, longestDelay);
    try {
      await get("studio/start");
      listen();
    } catch (problem) {
      if (problem.status !== 401) {
        lost(broken);
      }
    }
  }, delay);
}
