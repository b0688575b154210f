package dev.lora4j.server.http;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** What a client gets: a status, headers, and a body that is there or is written bit by bit. */
public final class HttpAnswer {
  /** The body of an answer. */
  sealed interface Content {}

  /** A body that is there. */
  @SuppressWarnings("ArrayRecordComponent") // Answers are not compared.
  record Whole(byte[] bytes) implements Content {}

  /**
   * A body of events.
   *
   * @param subscription true if it stays open when its producer has returned
   */
  record Events(EventProducer producer, boolean subscription) implements Content {}

  private static final String TYPE = "content-type";

  private final int status;
  private final Map<String, String> headers;
  private final Content content;

  private HttpAnswer(int status, Map<String, String> headers, Content content) {
    this.status = status;
    this.headers = headers;
    this.content = content;
  }

  /** Status 200 with JSON text. */
  public static HttpAnswer json(String text) {
    return bytes("application/json", text.getBytes(StandardCharsets.UTF_8));
  }

  /** Status 200 with plain text. */
  public static HttpAnswer text(String text) {
    return bytes("text/plain; charset=utf-8", text.getBytes(StandardCharsets.UTF_8));
  }

  /** Status 200 with bytes, which are not copied. */
  public static HttpAnswer bytes(String type, byte[] bytes) {
    return new HttpAnswer(200, Map.of(TYPE, type), new Whole(bytes));
  }

  /** A status without a body. */
  public static HttpAnswer empty(int status) {
    return new HttpAnswer(status, Map.of(), new Whole(new byte[0]));
  }

  /** Events until the producer returns. */
  public static HttpAnswer events(EventProducer producer) {
    return events(producer, false);
  }

  /**
   * Events that others write after the producer has returned, until they close the stream or the
   * client goes. It keeps no thread. A page may have few of them at a time.
   */
  public static HttpAnswer subscription(EventProducer producer) {
    return events(producer, true);
  }

  private static HttpAnswer events(EventProducer producer, boolean subscription) {
    return new HttpAnswer(
        200, Map.of(TYPE, "text/event-stream"), new Events(producer, subscription));
  }

  /** The same with another status. */
  public HttpAnswer status(int other) {
    return new HttpAnswer(other, headers, content);
  }

  /** The same with a header, in place of an earlier one of this name. */
  public HttpAnswer header(String name, String value) {
    Map<String, String> more = new LinkedHashMap<>(headers);
    more.put(name.toLowerCase(Locale.ROOT), value);
    return new HttpAnswer(status, more, content);
  }

  /** The status. */
  public int status() {
    return status;
  }

  /** Headers by lower-case name. */
  public Map<String, String> headers() {
    return headers;
  }

  /** The body, not copied; empty for events. */
  public byte[] bytes() {
    return content instanceof Whole whole ? whole.bytes() : new byte[0];
  }

  /** The body as text in UTF-8; empty for events. */
  public String bodyText() {
    return new String(bytes(), StandardCharsets.UTF_8);
  }

  Content content() {
    return content;
  }
}
