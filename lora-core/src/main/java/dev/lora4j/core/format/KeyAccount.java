package dev.lora4j.core.format;

import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Account of the keys of an adapter's file: used, converted or ignored. Every key is in exactly one
 * of the three maps.
 *
 * @param used key to the site it serves, as it is but for its name and dimensions of size 1
 * @param converted key to the sites it serves, separated by a comma and a space, after its values
 *     were divided, transposed or multiplied
 * @param ignored key to the reason
 */
public record KeyAccount(
    SortedMap<String, String> used,
    SortedMap<String, String> converted,
    SortedMap<String, Reason> ignored) {
  /** Reason for an ignored key. */
  public enum Reason {
    /** The key is of no known factor. */
    UNKNOWN("no known kind of factor"),
    /** The key is of a layer of the base, but of an unknown method. */
    UNKNOWN_METHOD("a method that is not known"),
    /** The base model has no such layer. */
    NO_SITE("the base has no such layer"),
    /** The base has not got the whole model that the layer is in. */
    OTHER_COMPONENT("for a model that the base has not got"),
    /** The partner of the tensor is missing. */
    HALF_A_PAIR("the other half of its pair is missing"),
    /** The values do not fit or are no numbers. */
    UNUSABLE("it cannot be used"),
    /** The method at its site does not use it. */
    NO_EFFECT("no effect in its method"),
    /** The file contains the same layer under another name. */
    DUPLICATE("the layer is there under another name too"),
    /** Information about the training, not about the layers. */
    AUXILIARY("auxiliary data"),
    /** Vectors for words of the prompt; a separate part of the result. */
    EMBEDDING("a bundled embedding, handed out beside the adapter"),
    /** The whole new value of a layer that the base lacks; a separate part of the result. */
    REPLACEMENT("a new value of a layer that the base has not got, handed out beside the adapter");

    private final String text;

    Reason(String text) {
      this.text = text;
    }

    /** Reason for people. */
    public String text() {
      return text;
    }
  }

  /** Copies its maps. */
  public KeyAccount {
    used = Collections.unmodifiableSortedMap(new TreeMap<>(used));
    converted = Collections.unmodifiableSortedMap(new TreeMap<>(converted));
    ignored = Collections.unmodifiableSortedMap(new TreeMap<>(ignored));
  }

  /** Number of keys of the file. */
  public int total() {
    return used.size() + converted.size() + ignored.size();
  }

  /** Returns true if no key has an effect. */
  public boolean nothing() {
    return used.isEmpty() && converted.isEmpty();
  }

  /** For example {@code 768 keys: 766 used, 2 ignored (no known kind of factor: 2)}. */
  public String summary() {
    Map<Reason, Integer> counts = new EnumMap<>(Reason.class);
    ignored.values().forEach(r -> counts.merge(r, 1, Integer::sum));
    String reasons =
        counts.entrySet().stream()
            .map(e -> e.getKey().text() + ": " + e.getValue())
            .collect(Collectors.joining(", ", " (", ")"));
    return total()
        + " keys: "
        + used.size()
        + " used, "
        + (converted.isEmpty() ? "" : converted.size() + " converted, ")
        + ignored.size()
        + " ignored"
        + (ignored.isEmpty() ? "" : reasons);
  }
}
