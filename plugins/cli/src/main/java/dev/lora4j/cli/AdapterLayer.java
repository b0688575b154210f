package dev.lora4j.cli;

import dev.lora4j.core.safetensors.TensorInfo;
import dev.lora4j.core.safetensors.TensorStore;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;

/**
 * One layer that an adapter's file has factors for, as far as the file alone tells.
 *
 * @param name as in the file
 * @param rank 0 where the method has none
 * @param alpha empty where the file is silent, which means the rank
 */
record AdapterLayer(String name, long rank, OptionalDouble alpha) {
  /** The tensor whose first size is the rank, by its ending. */
  private static final List<String> DOWN =
      List.of(".lora_down.weight", ".lora_A.weight", ".lora.down.weight", ".lora_A.default.weight");

  /** Tensors of the other methods; the first or last size of these is the rank. */
  private static final List<String> OTHER =
      List.of(
          ".hada_w1_b",
          ".lokr_w1_b",
          ".lokr_w2_b",
          ".lokr_w1",
          ".oft_blocks",
          ".on_input",
          ".diff");

  private static final List<String> FACTORED = List.of(".hada_w1_b", ".lokr_w1_b", ".lokr_w2_b");

  /** All layers, sorted by name. */
  static List<AdapterLayer> of(TensorStore file) {
    Map<String, AdapterLayer> layers = new TreeMap<>();
    for (TensorInfo info : file.tensors().values()) {
      for (String ending : DOWN) {
        if (info.name().endsWith(ending)) {
          add(layers, file, info, ending, first(info));
        }
      }
    }
    for (String ending : OTHER) {
      for (TensorInfo info : file.tensors().values()) {
        if (info.name().endsWith(ending)) {
          add(layers, file, info, ending, FACTORED.contains(ending) ? first(info) : 0);
        }
      }
    }
    return new ArrayList<>(layers.values());
  }

  private static void add(
      Map<String, AdapterLayer> layers, TensorStore file, TensorInfo info, String end, long rank) {
    String layer = info.name().substring(0, info.name().length() - end.length());
    layers.putIfAbsent(layer, new AdapterLayer(layer, rank, alpha(file, layer)));
  }

  private static long first(TensorInfo info) {
    return info.shape().rank() == 0 ? 0 : info.shape().size(0);
  }

  private static OptionalDouble alpha(TensorStore file, String layer) {
    TensorInfo info = file.tensors().get(layer + ".alpha");
    if (info == null || info.shape().elements() != 1) {
      return OptionalDouble.empty();
    }
    ByteBuffer bytes = file.read(info.name());
    return switch (info.dtype()) {
      case F64 -> OptionalDouble.of(bytes.getDouble());
      case F32 -> OptionalDouble.of(bytes.getFloat());
      case BF16 -> OptionalDouble.of(Float.intBitsToFloat(bytes.getShort() << 16));
      case F16 -> OptionalDouble.of(half(bytes.getShort()));
      case I64 -> OptionalDouble.of((double) bytes.getLong());
      case I32 -> OptionalDouble.of(bytes.getInt());
      default -> OptionalDouble.empty();
    };
  }

  /** IEEE 754 binary16. */
  private static double half(short bits) {
    int exponent = bits >> 10 & 0x1f;
    double fraction = (bits & 0x3ff) / 1024.0;
    double magnitude =
        exponent == 0
            ? Math.scalb(fraction, -14)
            : exponent == 0x1f
                ? (fraction == 0 ? Double.POSITIVE_INFINITY : Double.NaN)
                : Math.scalb(1 + fraction, exponent - 15);
    return bits < 0 ? -magnitude : magnitude;
  }

  /** For example {@code rank 16, alpha 8}. */
  String sizes() {
    String text = rank == 0 ? "no rank" : "rank " + rank;
    return alpha.isPresent() ? text + ", alpha " + plain(alpha.getAsDouble()) : text;
  }

  private static String plain(double value) {
    return value == Math.rint(value) && Math.abs(value) < 1e9
        ? Long.toString((long) value)
        : Double.toString(value);
  }
}
