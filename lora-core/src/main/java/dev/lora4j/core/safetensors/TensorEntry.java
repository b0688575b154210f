package dev.lora4j.core.safetensors;

import dev.lora4j.core.safetensors.SafetensorsException.Kind;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Shape;
import java.io.IOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Reads a header's entry of one tensor: dtype, shape and data_offsets, each exactly once. */
final class TensorEntry {
  private static final Map<String, DType> DTYPES = new HashMap<>();

  static {
    for (DType dtype : DType.values()) {
      DTYPES.put(dtype.name(), dtype);
    }
  }

  private final Inspection inspection;
  private final StrictJson json;

  TensorEntry(Inspection inspection, StrictJson json) {
    this.inspection = inspection;
    this.json = json;
  }

  /** Reads the object that follows {@code name}. */
  TensorInfo read(String name) throws IOException {
    Optional<DType> dtype = Optional.empty();
    Optional<long[]> shape = Optional.empty();
    Optional<long[]> offsets = Optional.empty();
    json.beginObject();
    while (json.hasNext()) {
      String field = json.field();
      switch (field) {
        case "dtype" -> {
          once(name, field, dtype);
          dtype = Optional.of(dtype(name));
        }
        case "shape" -> {
          once(name, field, shape);
          shape = Optional.of(numbers(name, field, Limits.DIMENSIONS, Kind.TOO_MANY_DIMENSIONS));
        }
        case "data_offsets" -> {
          once(name, field, offsets);
          offsets = Optional.of(numbers(name, field, 2, Kind.WRONG_TYPE));
        }
        default -> extra(name, field);
      }
    }
    json.endObject();
    if (dtype.isEmpty() || shape.isEmpty() || offsets.isEmpty()) {
      String missing = dtype.isEmpty() ? "dtype" : shape.isEmpty() ? "shape" : "data_offsets";
      throw inspection.fault(Kind.MISSING_FIELD, name, "has no " + missing + ".");
    }
    long[] range = offsets.get();
    if (range.length != 2) {
      throw inspection.fault(Kind.WRONG_TYPE, name, "has data_offsets that are not two numbers.");
    }
    return new TensorInfo(name, dtype.get(), Shape.of(shape.get()), range[0], range[1]);
  }

  private DType dtype(String tensor) throws IOException {
    String found = json.string();
    if (!DTYPES.containsKey(found)) {
      throw inspection.fault(
          Kind.UNKNOWN_DTYPE, tensor, "has the unknown dtype " + QuotedText.of(found) + ".");
    }
    return DTYPES.get(found);
  }

  private long[] numbers(String tensor, String field, int most, Kind tooMany) throws IOException {
    long[] numbers = new long[most];
    int count = 0;
    json.beginArray();
    while (json.hasNext()) {
      String text = json.number();
      if (count == most) {
        throw inspection.fault(
            tooMany, tensor, "has more than " + most + " numbers in its " + field + ".");
      }
      numbers[count++] = number(tensor, field, text);
    }
    json.endArray();
    return Arrays.copyOf(numbers, count);
  }

  private long number(String tensor, String field, String text) {
    // 2^48 has 15 digits, so a longer text is too large and parsing never overflows.
    if (text.length() <= 15 && digits(text)) {
      long number = Long.parseLong(text);
      if (number <= Limits.SIZE) {
        return number;
      }
    }
    throw inspection.fault(
        Kind.BAD_SIZE,
        tensor,
        "has %s in its %s, not a whole number from 0 to 2^48 - 1."
            .formatted(QuotedText.of(text), field));
  }

  private static boolean digits(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) < '0' || text.charAt(i) > '9') {
        return false;
      }
    }
    return true;
  }

  private void extra(String tensor, String field) throws IOException {
    inspection.report(
        Leniency.EXTRA_FIELDS,
        () ->
            "is damaged: tensor %s has a field %s, which the format does not know."
                .formatted(QuotedText.of(tensor), QuotedText.of(field)));
    json.skip();
  }

  private void once(String tensor, String field, Optional<?> earlier) {
    if (earlier.isPresent()) {
      throw inspection.fault(Kind.DUPLICATE_NAME, tensor, "has two fields " + field + ".");
    }
  }
}
