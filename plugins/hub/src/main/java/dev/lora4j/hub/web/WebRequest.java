package dev.lora4j.hub.web;

import java.net.URI;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * A request for what is at an address.
 *
 * @param site whose token goes along, to that site alone
 * @param headers beside those of every request
 * @param accepted status codes that are an answer; others are explained and thrown
 */
public record WebRequest(
    URI address, Site site, Map<String, String> headers, Set<Integer> accepted) {
  private static final int OK = 200;

  /** Copies its collections. */
  public WebRequest {
    headers = Map.copyOf(headers);
    accepted = Set.copyOf(accepted);
  }

  /** A request for all that is at an address. */
  public static WebRequest of(URI address, Site site) {
    return new WebRequest(address, site, Map.of(), Set.of(OK));
  }

  /** This request with one more header. */
  public WebRequest withHeader(String name, String value) {
    Map<String, String> all = new LinkedHashMap<>(headers);
    all.put(name, value);
    return new WebRequest(address, site, all, accepted);
  }

  /** This request with one more status that is an answer. */
  public WebRequest accepting(int status) {
    Set<Integer> all = new HashSet<>(accepted);
    all.add(status);
    return new WebRequest(address, site, headers, all);
  }
}
