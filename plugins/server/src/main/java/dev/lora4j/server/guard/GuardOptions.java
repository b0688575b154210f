package dev.lora4j.server.guard;

import java.util.ArrayList;
import java.util.List;

/**
 * Whom a guard admits.
 *
 * @param hosts names by which this machine is asked for, beside its loopback names
 * @param origins pages of other servers that may use this one, such as {@code https://example.org}
 * @param tokens the tokens that count
 * @param requireToken false if requests to loopback addresses need no token
 * @param openPaths paths that need no token: whole ones, and all below one that ends in {@code /*}
 */
public record GuardOptions(
    List<String> hosts,
    List<String> origins,
    List<AccessToken> tokens,
    boolean requireToken,
    List<String> openPaths) {
  /** Copies the lists. */
  public GuardOptions {
    hosts = List.copyOf(hosts);
    origins = List.copyOf(origins);
    tokens = List.copyOf(tokens);
    openPaths = List.copyOf(openPaths);
  }

  /** Loopback names alone, and a token that nobody has yet. */
  public static GuardOptions strict() {
    return new GuardOptions(List.of(), List.of(), List.of(), true, List.of());
  }

  /** The same with these names of hosts. */
  public GuardOptions hosts(List<String> names) {
    return new GuardOptions(names, origins, tokens, requireToken, openPaths);
  }

  /** The same with these pages of other servers. */
  public GuardOptions origins(List<String> pages) {
    return new GuardOptions(hosts, pages, tokens, requireToken, openPaths);
  }

  /** The same with one more token. */
  public GuardOptions token(AccessToken token) {
    List<AccessToken> more = new ArrayList<>(tokens);
    more.add(token);
    return new GuardOptions(hosts, origins, more, requireToken, openPaths);
  }

  /** The same with these tokens. */
  public GuardOptions tokens(List<AccessToken> all) {
    return new GuardOptions(hosts, origins, all, requireToken, openPaths);
  }

  /** The same with or without a token at loopback addresses. */
  public GuardOptions requireToken(boolean required) {
    return new GuardOptions(hosts, origins, tokens, required, openPaths);
  }

  /** The same with these paths that need no token. */
  public GuardOptions openPaths(List<String> paths) {
    return new GuardOptions(hosts, origins, tokens, requireToken, paths);
  }
}
