package dev.lora4j.hub.web;

import java.time.Duration;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * How requests are made.
 *
 * @param privateNetworks whether servers in private networks may be asked
 * @param hosts that the user named, which may lie in private networks
 * @param attempts how often a request is made at most, the first time included
 * @param patience how long an answer, or its next bytes, may take
 * @param longestWait the longest time that a server may ask to wait before the next attempt
 * @param firstWait before the second attempt; it doubles with each further one
 * @param pause waits
 */
public record WebOptions(
    boolean privateNetworks,
    Set<String> hosts,
    int attempts,
    Duration patience,
    Duration longestWait,
    Duration firstWait,
    Pause pause) {
  /** A wait between two attempts. */
  @FunctionalInterface
  public interface Pause {
    /**
     * Waits.
     *
     * @throws InterruptedException if the work was cancelled meanwhile
     */
    void take(Duration time) throws InterruptedException;
  }

  /** Five attempts, a minute of patience, no private network. */
  public static final WebOptions DEFAULT =
      new WebOptions(
          false,
          Set.of(),
          5,
          Duration.ofSeconds(60),
          Duration.ofSeconds(120),
          Duration.ofSeconds(1),
          time -> TimeUnit.NANOSECONDS.sleep(time.toNanos()));

  /** Copies the set. */
  public WebOptions {
    hosts = Set.copyOf(hosts);
  }

  /** These options with private networks allowed or not. */
  public WebOptions withPrivateNetworks(boolean allowed) {
    return new WebOptions(allowed, hosts, attempts, patience, longestWait, firstWait, pause);
  }

  /** These options with one more host that the user named. */
  public WebOptions withHost(String host) {
    Set<String> all = new HashSet<>(hosts);
    all.add(host.toLowerCase(Locale.ROOT));
    return new WebOptions(privateNetworks, all, attempts, patience, longestWait, firstWait, pause);
  }

  /** These options with another patience. */
  public WebOptions withPatience(Duration time) {
    return new WebOptions(privateNetworks, hosts, attempts, time, longestWait, firstWait, pause);
  }

  /** These options with another way to wait. */
  public WebOptions withPause(Pause other) {
    return new WebOptions(
        privateNetworks, hosts, attempts, patience, longestWait, firstWait, other);
  }

  AddressRule addresses() {
    return new AddressRule(privateNetworks, hosts);
  }

  /** The wait after a failed attempt, counted from 1, where the server says nothing of it. */
  Duration waitAfter(int attempt) {
    return firstWait.multipliedBy(1L << Math.min(attempt - 1, 16));
  }
}
