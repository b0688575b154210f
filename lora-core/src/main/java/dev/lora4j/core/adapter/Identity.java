package dev.lora4j.core.adapter;

import dev.lora4j.core.identity.Digests;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;

/**
 * The identity of factors: SHA-256 over everything that determines their effect, in one order and
 * in the methods' canonical shapes, so that it does not depend on the file.
 *
 * <p>It is computed at its first use: that takes about as long as adding the factors up, and many
 * adapters are only intermediate. Thread-safe.
 */
final class Identity {
  private final SortedMap<String, List<Factors>> sites;
  private Optional<String> known = Optional.empty();

  /** The identity of factors, which do not change any more. */
  Identity(SortedMap<String, List<Factors>> sites) {
    this.sites = sites;
  }

  synchronized String hexadecimal() {
    String identity = known.orElseGet(this::computed);
    known = Optional.of(identity);
    return identity;
  }

  private String computed() {
    MessageDigest digest = Digests.sha256();
    sites.forEach((site, all) -> all.forEach(factors -> add(digest, site, factors)));
    return Digests.hex(digest);
  }

  private static void add(MessageDigest digest, String site, Factors factors) {
    text(digest, "site", site);
    text(digest, "method", factors.method());
    factors.settings().forEach((name, value) -> text(digest, name, value));
    factors
        .tensors()
        .forEach(
            (role, tensor) -> {
              text(digest, role, tensor.canonical());
              digest.update(tensor.bytes());
            });
  }

  /** Names and values end with a NUL, so that no two lists of them give the same bytes. */
  private static void text(MessageDigest digest, String name, String value) {
    digest.update((name + "\0" + value + "\0").getBytes(StandardCharsets.UTF_8));
  }
}
