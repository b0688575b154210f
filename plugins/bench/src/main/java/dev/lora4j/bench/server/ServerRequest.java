package dev.lora4j.bench.server;

import com.google.gson.JsonObject;
import java.net.URI;
import java.net.http.HttpRequest;

/** A request in OpenAI's protocol. */
record ServerRequest(String path, JsonObject body) {
  private static final String KEY = "token=";

  HttpRequest to(URI server) {
    return to(server, path)
        .header("content-type", "application/json")
        .POST(HttpRequest.BodyPublishers.ofString(body.toString()))
        .build();
  }

  /** A request for what is at a path, with the key that the fragment of the address may have. */
  static HttpRequest.Builder to(URI server, String path) {
    HttpRequest.Builder request = HttpRequest.newBuilder(server.resolve(path));
    String fragment = String.valueOf(server.getFragment());
    return fragment.startsWith(KEY)
        ? request.header("authorization", "Bearer " + fragment.substring(KEY.length()))
        : request;
  }
}
