package dev.lora4j.core.gguf;

import dev.lora4j.core.gguf.GgufException.Kind;
import dev.lora4j.core.safetensors.QuotedText;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Typed access to the metadata of a file, with errors that name the file and the key. */
public final class GgufMetadata {
  private static final String ALIGNMENT = "general.alignment";
  private static final GgufValue DEFAULT_ALIGNMENT = new GgufValue.Whole(32, GgufValueType.U32);

  private final GgufFault fault;
  private final Map<String, GgufValue> values;

  GgufMetadata(GgufFault fault, Map<String, GgufValue> values) {
    this.fault = fault;
    this.values = Collections.unmodifiableMap(values);
  }

  /** All keys, in the order of the file. */
  public Set<String> keys() {
    return values.keySet();
  }

  /** All values by key, in the order of the file; unmodifiable. */
  public Map<String, GgufValue> values() {
    return values;
  }

  /** The value of a key. */
  public Optional<GgufValue> find(String key) {
    return Optional.ofNullable(values.get(key));
  }

  /** Returns true if there is a value. */
  public boolean has(String key) {
    return values.containsKey(key);
  }

  /** A text, if it is there. */
  public Optional<String> text(String key) {
    return find(key)
        .map(
            value -> {
              if (value instanceof GgufValue.Text text) {
                return text.value();
              }
              throw wrong(key, value, "a text");
            });
  }

  /** A yes or no, if it is there. */
  public Optional<Boolean> flag(String key) {
    return find(key)
        .map(
            value -> {
              if (value instanceof GgufValue.Flag flag) {
                return flag.value();
              }
              throw wrong(key, value, "true or false");
            });
  }

  /** A whole number from {@code least} to {@code most}, if it is there. */
  public Optional<Integer> whole(String key, int least, int most) {
    return find(key).map(value -> whole(key, value, least, most));
  }

  private int whole(String key, GgufValue value, int least, int most) {
    boolean fits =
        value instanceof GgufValue.Whole whole
            && !(whole.type() == GgufValueType.U64 && whole.bits() < 0)
            && whole.bits() >= least
            && whole.bits() <= most;
    if (!fits) {
      throw wrong(key, value, "a whole number from " + least + " to " + most);
    }
    return (int) ((GgufValue.Whole) value).bits();
  }

  /** A number, if it is there. */
  public Optional<Double> real(String key) {
    return find(key)
        .map(
            value -> {
              if (value instanceof GgufValue.Real real) {
                return real.value();
              }
              if (value instanceof GgufValue.Whole whole) {
                return (double) whole.bits();
              }
              throw wrong(key, value, "a number");
            });
  }

  /** A list of texts; an empty one if it is not there. */
  public List<String> texts(String key) {
    List<String> texts = new ArrayList<>();
    for (GgufValue value : elements(key)) {
      if (!(value instanceof GgufValue.Text text)) {
        throw wrong(key, value, "texts");
      }
      texts.add(text.value());
    }
    return texts;
  }

  /** A list of whole numbers from {@code least} to {@code most}; empty if it is not there. */
  public List<Integer> wholes(String key, int least, int most) {
    List<Integer> numbers = new ArrayList<>();
    elements(key).forEach(value -> numbers.add(whole(key, value, least, most)));
    return numbers;
  }

  /** A list of numbers; an empty one if it is not there. */
  public List<Float> reals(String key) {
    List<Float> numbers = new ArrayList<>();
    for (GgufValue value : elements(key)) {
      if (!(value instanceof GgufValue.Real real)) {
        throw wrong(key, value, "numbers with a fraction");
      }
      numbers.add((float) real.value());
    }
    return numbers;
  }

  private List<GgufValue> elements(String key) {
    return find(key)
        .map(
            value -> {
              if (value instanceof GgufValue.Values array) {
                return array.elements();
              }
              throw wrong(key, value, "an array");
            })
        .orElse(List.of());
  }

  /** Error for a key that has to be there. */
  public GgufException lacking(String key) {
    return fault.of(
        Kind.MISSING_KEY,
        "lacks the key "
            + QuotedText.of(key)
            + " in its metadata. It is damaged, or made by a converter of another time; convert the"
            + " model again.");
  }

  /** Error for a value that cannot be used; {@code expected} says which could. */
  public GgufException wrong(String key, GgufValue found, String expected) {
    return fault.of(
        Kind.WRONG_VALUE,
        "has %s for the key %s; expected %s."
            .formatted(found.described(), QuotedText.of(key), expected));
  }

  /** Bytes that tensors are aligned to. */
  int alignment() {
    GgufValue value = find(ALIGNMENT).orElse(DEFAULT_ALIGNMENT);
    if (value instanceof GgufValue.Whole whole
        && whole.type() == GgufValueType.U32
        && whole.bits() <= GgufLimits.ALIGNMENT
        && Long.bitCount(whole.bits()) == 1) {
      return (int) whole.bits();
    }
    throw fault.key(
        Kind.BAD_ALIGNMENT,
        ALIGNMENT,
        "is %s; expected a power of two up to %s, of type U32."
            .formatted(value.described(), GgufLimits.ALIGNMENT));
  }
}
