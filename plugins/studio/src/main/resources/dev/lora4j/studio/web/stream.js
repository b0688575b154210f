// Answers that come bit by bit, as server-sent events in the body of an answer to POST.
import { ApiError, postForResponse } from "./api.js";

/** Yields the JSON of each event until "[DONE]"; aborting `signal` ends the work at the server. */
export async function* stream(path, body, signal) {
  const response = await postForResponse(path, { ...body, stream: true }, { signal });
  for await (const line of lines(response.body)) {
    const data = line.startsWith("data:") ? line.slice(5).trim() : "";
    if (data === "[DONE]") {
      return;
    }
    if (data) {
      const event = JSON.parse(data);
      if (event.error) {
        throw new ApiError(event.error.message, event.error.status ?? 500, event.error.field);
      }
      yield event;
    }
  }
}

async function* lines(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) {
      break;
    }
    const parts = (rest + value).split(/\r?\n/);
    rest = parts.pop();
    yield* parts;
  }
  if (rest) {
    yield rest;
  }
}
