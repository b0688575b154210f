package dev.lora4j.server.http;

import dev.lora4j.server.guard.Principal;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A request as its handler sees it.
 *
 * @param parts what stands at the names of the route's pattern
 */
@SuppressWarnings("ArrayRecordComponent") // Requests are not compared.
record ServedRequest(
    Exchange exchange,
    String id,
    Principal principal,
    Map<String, String> parts,
    Map<String, List<String>> queries,
    byte[] body,
    Departure departure)
    implements HttpRequest {

  @Override
  public String method() {
    return exchange.method().equals("HEAD") ? "GET" : exchange.method();
  }

  @Override
  public String path() {
    return exchange.path();
  }

  @Override
  public String part(String name) {
    String part = parts.get(name);
    if (part == null) {
      throw new IllegalArgumentException(
          "The route has no part {" + name + "}; it has " + parts.keySet() + ".");
    }
    return part;
  }

  @Override
  public Optional<String> header(String name) {
    return exchange.headers(name).stream().findFirst();
  }

  @Override
  public String text() {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(body)).toString();
    } catch (CharacterCodingException e) {
      throw new HttpProblem(400, "The body is no text in UTF-8. Send it in that encoding.");
    }
  }

  @Override
  public String remoteAddress() {
    return exchange.remoteAddress();
  }

  @Override
  public boolean disconnected() {
    return departure.isGone();
  }

  @Override
  public void onDisconnect(Runnable action) {
    departure.onGone(action);
  }
}
