package dev.lora4j.server.http;

import com.google.gson.JsonElement;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import dev.lora4j.server.guard.RequestGuard;

/** Where a page exchanges the token of its address for a cookie: {@code {"token": "..."}}. */
final class SessionRoute {
  private final RequestGuard guard;

  private SessionRoute(RequestGuard guard) {
    this.guard = guard;
  }

  static Route of(RequestGuard guard) {
    return new Route("POST", RequestGuard.SESSION, new SessionRoute(guard)::answer);
  }

  private HttpAnswer answer(HttpRequest request) {
    String cookie =
        guard
            .openSession(token(request.text()), request.header("host").orElse(""))
            .orElseThrow(
                () ->
                    new HttpProblem(
                        401,
                        "The token is not one of this server's. Open the address that the server"
                            + " printed."));
    return HttpAnswer.empty(204).header("set-cookie", cookie);
  }

  private static String token(String text) {
    try {
      JsonElement body = JsonParser.parseString(text);
      if (body.isJsonObject() && body.getAsJsonObject().has("token")) {
        JsonElement token = body.getAsJsonObject().get("token");
        if (token.isJsonPrimitive()) {
          return token.getAsString();
        }
      }
    } catch (JsonParseException e) {
      // Said below; the text may hold a token and is not repeated.
    }
    throw new HttpProblem(400, "Expected a JSON object with the text 'token'.");
  }
}
