package dev.lora4j.cli.model;

import dev.lora4j.cli.console.Json;
import dev.lora4j.core.safetensors.TensorInfo;
import dev.lora4j.core.tensor.DType;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Totals of tensors, elements and bytes, by element type. */
public final class TensorTotals {
  private final Map<DType, long[]> byType = new EnumMap<>(DType.class);
  private long tensors;
  private long numbers;
  private long bytes;

  public TensorTotals(Collection<TensorInfo> infos) {
    for (TensorInfo info : infos) {
      long elements = info.shape().elements();
      long[] sums = byType.computeIfAbsent(info.dtype(), t -> new long[2]);
      sums[0]++;
      sums[1] += elements;
      tensors++;
      numbers += elements;
      bytes += info.length();
    }
  }

  /** Text, for example {@code 384 tensors, 1.6 M numbers, 3.2 MB (F16: 384)}. */
  public String text() {
    List<String> types = new ArrayList<>();
    byType.forEach((type, sums) -> types.add(type + ": " + sums[0]));
    return tensors
        + " tensors, "
        + count(numbers)
        + " numbers, "
        + size(bytes)
        + (types.isEmpty() ? "" : " (" + String.join(", ", types) + ")");
  }

  /** The same for programs. */
  public Map<String, Object> json() {
    Map<String, Object> types = new LinkedHashMap<>();
    byType.forEach(
        (type, sums) ->
            types.put(
                type.toString(),
                new Json().put("tensors", sums[0]).put("numbers", sums[1]).fields()));
    return new Json()
        .put("tensors", tensors)
        .put("numbers", numbers)
        .put("bytes", bytes)
        .put("types", types)
        .fields();
  }

  /** Text, for example {@code 134.5 million}. */
  public static String count(long numbers) {
    if (numbers < 1_000_000) {
      return String.format(Locale.ROOT, "%,d", numbers);
    }
    return numbers < 1_000_000_000
        ? String.format(Locale.ROOT, "%.1f million", numbers / 1e6)
        : String.format(Locale.ROOT, "%.2f billion", numbers / 1e9);
  }

  /** Text, for example {@code 3.2 MB}. */
  public static String size(long bytes) {
    if (bytes < 1000) {
      return bytes + " bytes";
    }
    String[] units = {"kB", "MB", "GB", "TB", "PB"};
    double value = bytes / 1000.0;
    int unit = 0;
    while (value >= 999.95 && unit < units.length - 1) {
      value /= 1000;
      unit++;
    }
    return String.format(Locale.ROOT, "%.1f %s", value, units[unit]);
  }
}
