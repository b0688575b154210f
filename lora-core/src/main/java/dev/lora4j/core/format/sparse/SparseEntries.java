package dev.lora4j.core.format.sparse;

import dev.lora4j.core.format.metadata.MetadataKey;
import dev.lora4j.core.tensor.Shape;
import java.util.Arrays;
import java.util.Optional;
import java.util.SortedMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Names and shapes of tensors without zeros in a file. */
final class SparseEntries {
  /** Header entry with the shape of each of them, by its key, for example {@code 16x320}. */
  static final MetadataKey<SortedMap<String, String>> SHAPES = MetadataKey.object("lora4j_sparse");

  /** Ending of the key of values. */
  static final String VALUES = ".sparse_values";

  private static final String PREFIX = ".sparse_";
  private static final Pattern SIZES = Pattern.compile("[1-9][0-9]{0,8}(x[1-9][0-9]{0,8}){0,7}");

  private SparseEntries() {}

  /** Ending of the key of places. */
  static String places(SparseCode.Form form) {
    return PREFIX + form.word();
  }

  /** Returns true if a key is of values or places. */
  static boolean part(String key) {
    return key.endsWith(VALUES)
        || Arrays.stream(SparseCode.Form.values()).anyMatch(form -> key.endsWith(places(form)));
  }

  /** Text of a shape. */
  static String text(Shape shape) {
    return Arrays.stream(shape.sizes()).mapToObj(Long::toString).collect(Collectors.joining("x"));
  }

  /** The shape of such a text, with at most {@link SparseCode#MOST_ELEMENTS} elements. */
  static Optional<Shape> shape(String text) {
    if (!SIZES.matcher(text).matches()) {
      return Optional.empty();
    }
    long[] sizes = Arrays.stream(text.split("x", -1)).mapToLong(Long::parseLong).toArray();
    long elements = 1;
    for (long size : sizes) {
      elements *= size;
      if (elements > SparseCode.MOST_ELEMENTS) {
        return Optional.empty();
      }
    }
    return Optional.of(Shape.of(sizes));
  }
}
