// Requests to the server: get, post, fetchResponse, url; ApiError has the message to show as it is.

export class ApiError extends Error {
  constructor(message, status, field) {
    super(message);
    this.status = status;
    this.field = field;
  }
}

let unauthorised = () => {};

/** Calls `listener` whenever the server answers 401. */
export function onUnauthorised(listener) {
  unauthorised = listener;
}

/** The address of `path` with the entries of `query` that have a value. */
export function url(path, query = {}) {
  const entries = Object.entries(query).filter(([, value]) => value !== undefined && value !== null);
  return entries.length ? `${path}?${new URLSearchParams(entries)}` : path;
}

/** The JSON that the server answers to GET. */
export async function get(path, query, { signal } = {}) {
  return (await fetchResponse(url(path, query), { signal })).json();
}

/** The text that the server answers to GET. */
export async function getText(path, query, { signal } = {}) {
  return (await fetchResponse(url(path, query), { signal })).text();
}

/** The JSON that the server answers to POST; `{}` for an answer without a body. */
export async function post(path, body = {}, { signal, query } = {}) {
  const text = await (await postForResponse(path, body, { signal, query })).text();
  return text ? JSON.parse(text) : {};
}

/** The whole answer to POST, for pictures and streams. */
export function postForResponse(path, body = {}, { signal, query } = {}) {
  return fetchResponse(url(path, query), {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
    signal,
  });
}

/** The answer, or an ApiError for any status that is no success. */
export async function fetchResponse(address, options) {
  let response;
  try {
    response = await fetch(address, { credentials: "same-origin", ...options });
  } catch (problem) {
    if (problem.name === "AbortError") {
      throw problem;
    }
    throw new ApiError("The server does not answer. Is ./lora4j studio still running?", 0);
  }
  if (response.ok) {
    return response;
  }
  if (response.status === 401) {
    unauthorised();
  }
  throw await problemOf(response);
}

async function problemOf(response) {
  let error = {};
  try {
    error = (await response.json()).error ?? {};
  } catch {
    // a proxy's page or an empty body: the status says what there is to say
  }
  const message = error.message ?? `The server answered ${response.status} ${response.statusText}.`;
  return new ApiError(message, response.status, error.field);
}
