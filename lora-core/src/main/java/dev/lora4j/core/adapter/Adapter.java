package dev.lora4j.core.adapter;

import dev.lora4j.core.adapter.lora.LoraFactors;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collections;
import java.util.HexFormat;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * An immutable set of factors by site, with what its file said about it. Holds no native memory.
 *
 * <p>Two adapters with the same factors and scales have the same {@link #identity}, whatever file
 * layout they came in and whatever they are called.
 */
public final class Adapter {
  private final String name;
  private final SortedMap<String, LoraFactors> sites;
  private final Map<String, String> metadata;
  private final String identity;

  /**
   * Makes an adapter.
   *
   * @param name for people; not part of the identity
   * @param sites factors by canonical site name
   * @param metadata as in the file's header
   */
  public Adapter(String name, Map<String, LoraFactors> sites, Map<String, String> metadata) {
    if (sites.isEmpty()) {
      throw new AdapterException("Adapter " + name + " has no factors, so it would do nothing.");
    }
    this.name = name;
    this.sites = Collections.unmodifiableSortedMap(new TreeMap<>(sites));
    this.metadata = Collections.unmodifiableSortedMap(new TreeMap<>(metadata));
    this.identity = identify();
  }

  /** For people. */
  public String name() {
    return name;
  }

  /** Factors by canonical site name, sorted. */
  public SortedMap<String, LoraFactors> sites() {
    return sites;
  }

  /** What the file's header says. */
  public Map<String, String> metadata() {
    return metadata;
  }

  /** SHA-256 over sites, factors and scales, in hexadecimal. */
  public String identity() {
    return identity;
  }

  private String identify() {
    MessageDigest digest = sha256();
    sites.forEach(
        (site, factors) -> {
          String head = site + "\n" + factors.scale() + "\n" + factors.down() + factors.up() + "\n";
          digest.update(head.getBytes(StandardCharsets.UTF_8));
          digest.update(factors.down().bytes());
          digest.update(factors.up().bytes());
        });
    return HexFormat.of().formatHex(digest.digest());
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  @Override
  public String toString() {
    return name + " (" + identity.substring(0, 12) + ")";
  }
}
