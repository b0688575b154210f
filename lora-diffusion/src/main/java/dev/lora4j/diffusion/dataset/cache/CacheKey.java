package dev.lora4j.diffusion.dataset.cache;

import dev.lora4j.core.identity.CanonicalForm;
import dev.lora4j.core.identity.Digests;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Map;
import java.util.TreeMap;

/**
 * Key of cached numbers: their kind, and by name each value that they depend on. Two keys are the
 * same exactly if all of that is.
 *
 * @param kind what the numbers are, {@code latent} for example
 * @param parts names and values, in any order
 */
public record CacheKey(String kind, Map<String, String> parts) {
  /** Raised when what is computed for the same parts changes. */
  private static final int VERSION = 2;

  /** Copies the parts in the order of the names. */
  public CacheKey {
    parts = java.util.Collections.unmodifiableMap(new TreeMap<>(parts));
  }

  /** A key with nothing but its kind yet. */
  public static CacheKey of(String kind) {
    return new CacheKey(kind, Map.of());
  }

  /**
   * Also depends on this.
   *
   * @throws IllegalArgumentException if a value of this class has no canonical text
   */
  public CacheKey with(String name, Object value) {
    Map<String, String> more = new TreeMap<>(parts);
    more.put(name, CanonicalForm.text(value));
    return new CacheKey(kind, more);
  }

  /** SHA-256 over all of it, in hexadecimal. */
  public String digest() {
    MessageDigest digest = Digests.sha256();
    add(digest, kind + " " + VERSION);
    parts.forEach(
        (name, value) -> {
          add(digest, name);
          add(digest, value);
        });
    return Digests.hex(digest);
  }

  /** Adds a text with its length before it, so that no two lists of texts have the same bytes. */
  private static void add(MessageDigest digest, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    digest.update((bytes.length + ":").getBytes(StandardCharsets.US_ASCII));
    digest.update(bytes);
  }
}
