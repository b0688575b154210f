package dev.lora4j.core.format.metadata;

import java.util.Optional;

/**
 * The base that an adapter's header names as the one it was trained on.
 *
 * @param name name of the base's file or folder; empty if it is unknown
 * @param hash SHA-256 of the base's weights in hexadecimal; empty if it is unknown
 */
public record RecordedBaseModel(Optional<String> name, Optional<String> hash) {
  private static final String HASH = "[0-9a-f]{64}";
  private static final int DIGITS = 12;
  private static final int LONGEST = 80;

  /** Reads the base from a header's metadata. */
  public static RecordedBaseModel of(Metadata metadata) {
    return new RecordedBaseModel(
        metadata.get(KohyaKeys.BASE_NAME),
        metadata.get(KohyaKeys.BASE_HASH).filter(h -> h.matches(HASH)));
  }

  /** Returns true if the header names a base or its hash. */
  public boolean said() {
    return name.isPresent() || hash.isPresent();
  }

  /** Returns true if both name the same weights, as far as both give a hash. */
  public boolean agrees(RecordedBaseModel other) {
    return hash.isEmpty() || other.hash.isEmpty() || hash.equals(other.hash);
  }

  /** The base as people may look for it, for example {@code sd15 (SHA-256 cc6cb27103fa...)}. */
  public String text() {
    String called = name.map(RecordedBaseModel::printable).orElse("a base");
    return hash.map(h -> called + " (SHA-256 " + h.substring(0, DIGITS) + "...)").orElse(called);
  }

  /** Headers are anybody's: no line of a message may end or turn where one wants it. */
  private static String printable(String name) {
    String plain = name.replaceAll("[\\p{Cntrl}\\p{Cf}]", "?");
    return plain.length() > LONGEST ? plain.substring(0, LONGEST) + "..." : plain;
  }
}
