package dev.lora4j.server.guard;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What a guard knows of a request.
 *
 * @param method the method in upper case
 * @param path the decoded path
 * @param headers the values of the headers {@link #NAMES} by lower-case name; a header that was
 *     sent twice has two
 * @param loopback true if it came to a loopback address of this machine
 */
public record RequestFacts(
    String method, String path, Map<String, List<String>> headers, boolean loopback) {
  /** The headers that decide. */
  public static final List<String> NAMES =
      List.of(
          "host",
          "origin",
          "sec-fetch-site",
          "content-type",
          "content-length",
          "transfer-encoding",
          "authorization",
          "cookie",
          "x-lora4j",
          "access-control-request-method");

  /** Copies the headers. */
  public RequestFacts {
    headers = Map.copyOf(headers);
  }

  /** A request to a loopback address without headers. */
  public static RequestFacts of(String method, String path) {
    return new RequestFacts(method, path, Map.of(), true);
  }

  /** The same with one more header. */
  public RequestFacts with(String name, String value) {
    Map<String, List<String>> more = new LinkedHashMap<>(headers);
    List<String> values = new ArrayList<>(values(name));
    values.add(value);
    more.put(name.toLowerCase(Locale.ROOT), List.copyOf(values));
    return new RequestFacts(method, path, more, loopback);
  }

  /** The same at an address that other machines reach. */
  public RequestFacts fromOutside() {
    return new RequestFacts(method, path, headers, false);
  }

  /** All values of a header. */
  List<String> values(String name) {
    return headers.getOrDefault(name.toLowerCase(Locale.ROOT), List.of());
  }

  /** The only value of a header; empty if it was not sent, or sent more than once. */
  String value(String name) {
    List<String> values = values(name);
    return values.size() == 1 ? values.get(0).strip() : "";
  }

  boolean has(String name) {
    return !values(name).isEmpty();
  }

  boolean hasBody() {
    return has("transfer-encoding")
        || (has("content-length") && !value("content-length").equals("0"));
  }

  boolean changesState() {
    return !(method.equals("GET") || method.equals("HEAD") || method.equals("OPTIONS"));
  }
}
