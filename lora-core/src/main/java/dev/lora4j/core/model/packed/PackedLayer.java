package dev.lora4j.core.model.packed;

import dev.lora4j.core.model.ModelException;
import dev.lora4j.core.safetensors.TensorInfo;
import dev.lora4j.core.safetensors.TensorStore;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.host.HostTensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * One packed weight [out, in]: its codes, scales and zero points, and the group of each column.
 * Codes of GPTQ are a stream of bits down each column of words, those of AWQ lie in the words of a
 * row, eight of them in an order of its own.
 */
final class PackedLayer {
  static final String CODES = ".qweight";
  static final String ZEROS = ".qzeros";
  static final String SCALES = ".scales";
  static final String GROUPS = ".g_idx";

  /** AWQ's place in a word of each of eight neighbours. */
  private static final int[] AWQ_PLACES = {0, 4, 1, 5, 2, 6, 3, 7};

  private static final int WORD = Integer.SIZE;

  /** Columns that one thread unpacks before it takes the next. */
  private static final int SHARE = 64;

  private final TensorStore store;
  private final String name;
  private final PackedScheme scheme;
  private final int in;
  private final int out;
  private final int groups;

  /**
   * Checks the sizes of a layer; its numbers stay on disk.
   *
   * @throws ModelException if a tensor is missing, or they do not fit together
   */
  PackedLayer(TensorStore store, String name, PackedScheme scheme) {
    this.store = store;
    this.name = name;
    this.scheme = scheme;
    TensorInfo codes = require(CODES, DType.I32, 2);
    TensorInfo zeros = require(ZEROS, DType.I32, 2);
    TensorInfo scales = require(SCALES, DType.F16, 2, DType.BF16, DType.F32);
    boolean awq = scheme.method() == PackedScheme.Method.AWQ;
    long width = codes.shape().size(1);
    long height = codes.shape().size(0);
    long rows = awq ? width * WORD / scheme.bits() : width;
    long columns = awq ? height : height * WORD / scheme.bits();
    in = Math.toIntExact(columns);
    out = Math.toIntExact(rows);
    long group = scheme.group() < 0 ? columns : scheme.group();
    groups = Math.toIntExact((columns + group - 1) / group);
    boolean whole = awq || height * WORD % scheme.bits() == 0;
    if (!whole || in == 0 || out == 0 || (long) out * scheme.bits() % WORD != 0) {
      throw damaged("has codes of shape " + codes.shape() + ", which are no whole words of codes");
    }
    expect(scales, Shape.of(groups, out));
    expect(zeros, Shape.of(groups, (long) out * scheme.bits() / WORD));
    if (has(GROUPS)) {
      expect(require(GROUPS, DType.I32, 1), Shape.of(in));
    }
  }

  private Optional<TensorInfo> find(String ending) {
    return Optional.ofNullable(store.tensors().get(name + ending));
  }

  private boolean has(String ending) {
    return find(ending).isPresent();
  }

  private TensorInfo require(String ending, DType type, int rank, DType... others) {
    TensorInfo info =
        find(ending)
            .orElseThrow(
                () ->
                    damaged(
                        "needs the tensor "
                            + name
                            + ending
                            + ", and the files have none. Get the whole model again"));
    boolean fits = info.dtype() == type;
    for (DType other : others) {
      fits |= info.dtype() == other;
    }
    if (!fits || info.shape().rank() != rank) {
      throw damaged(
          "has %s %s in %s; expected %s of %d dimensions"
              .formatted(info.dtype(), info.shape(), info.name(), type, rank));
    }
    return info;
  }

  private void expect(TensorInfo found, Shape shape) {
    if (!found.shape().equals(shape)) {
      throw damaged(
          "of shape %s, with %d bits in groups of %d, needs %s in %s, found %s"
              .formatted(
                  shape(), scheme.bits(), scheme.group(), shape, found.name(), found.shape()));
    }
  }

  private ModelException damaged(String trouble) {
    return new ModelException(
        "%s: the packed weight %s %s.".formatted(store.path(), name, trouble));
  }

  /** Shape of the weight. */
  Shape shape() {
    return Shape.of(out, in);
  }

  /**
   * Reads the packed numbers.
   *
   * @throws ModelException if a scale is no number, or a column's group is not there
   */
  Unpacking read() {
    double[] scales = tensor(SCALES).doubles();
    float[] factors = new float[scales.length];
    for (int i = 0; i < scales.length; i++) {
      if (!Double.isFinite(scales[i])) {
        throw damaged("has the scale " + scales[i] + " in " + name + SCALES);
      }
      factors[i] = (float) scales[i];
    }
    int[] group = has(GROUPS) ? words(GROUPS) : new int[in];
    for (int column = 0; column < in; column++) {
      if (!has(GROUPS)) {
        group[column] = scheme.group() < 0 ? 0 : column / scheme.group();
      }
      if (group[column] < 0 || group[column] >= groups) {
        throw damaged(
            "has the group %d of column %d in %s, and there are %d groups"
                .formatted(group[column], column, name + GROUPS, groups));
      }
    }
    return new Unpacking(words(CODES), zeros(words(ZEROS)), factors, group);
  }

  private HostTensor tensor(String ending) {
    TensorInfo info = find(ending).orElseThrow();
    return HostTensor.owning(info.dtype(), info.shape(), store.bytes(info.name()));
  }

  private int[] words(String ending) {
    ByteBuffer bytes = ByteBuffer.wrap(store.bytes(name + ending)).order(ByteOrder.LITTLE_ENDIAN);
    int[] words = new int[bytes.remaining() / Integer.BYTES];
    bytes.asIntBuffer().get(words);
    return words;
  }

  /** Zero points [groups, out]. */
  private int[] zeros(int[] words) {
    int[] zeros = new int[groups * out];
    int width = words.length / groups;
    for (int g = 0; g < groups; g++) {
      for (int o = 0; o < out; o++) {
        zeros[g * out + o] = along(words, g * width, o) + scheme.zeroOffset();
      }
    }
    return zeros;
  }

  /** Code {@code o} of a row of words. */
  private int along(int[] words, int begin, int o) {
    int place = scheme.method() == PackedScheme.Method.AWQ ? o / 8 * 8 + AWQ_PLACES[o % 8] : o;
    return code(words, begin, 1, place);
  }

  /** Code {@code i} of a stream of bits, whose next word is {@code stride} further. */
  private int code(int[] words, int begin, int stride, int i) {
    int bits = scheme.bits();
    int bit = i * bits;
    int at = begin + bit / WORD * stride;
    int shift = bit % WORD;
    int value = words[at] >>> shift;
    if (shift + bits > WORD) {
      value |= words[at + stride] << (WORD - shift);
    }
    return value & ((1 << bits) - 1);
  }

  /** The packed numbers of the layer on the heap. */
  final class Unpacking {
    private final int[] codes;
    private final int[] zeros;
    private final float[] scales;
    private final int[] group;

    private Unpacking(int[] codes, int[] zeros, float[] scales, int[] group) {
      this.codes = codes;
      this.zeros = zeros;
      this.scales = scales;
      this.group = group;
    }

    /** Rows {@code from} to {@code from + count} of the weight, each number rounded to F32. */
    void rows(int from, int count, float[] into) {
      IntStream.range(0, (in + SHARE - 1) / SHARE)
          .parallel()
          .forEach(
              share -> {
                for (int i = share * SHARE; i < Math.min(in, (share + 1) * SHARE); i++) {
                  column(i, from, count, into);
                }
              });
    }

    private void column(int i, int from, int count, float[] into) {
      boolean awq = scheme.method() == PackedScheme.Method.AWQ;
      int width = codes.length / (awq ? in : 1);
      for (int o = from; o < from + count; o++) {
        int code = awq ? along(codes, i * width, o) : code(codes, o, out, i);
        int at = group[i] * out + o;
        into[(o - from) * in + i] = scales[at] * (code - zeros[at]);
      }
    }
  }
}
