package dev.lora4j.core.adapter.dora;

import dev.lora4j.core.adapter.SiteTensors;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Keyword;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.host.HostTensor;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * The lengths that DoRA gives to a weight. Their shape says along which axis: [out, 1, ...] has one
 * by output channel, [1, in, 1, ...] one by input channel.
 */
final class Magnitude {
  /** Role in LyCORIS's files. */
  static final String LYCORIS = "dora_scale";

  /** Role in PEFT's, where there is always one by output channel. */
  static final String PEFT = "lora_magnitude_vector";

  private Magnitude() {}

  static HostTensor read(SiteTensors in) {
    if (in.has(LYCORIS) && in.has(PEFT)) {
      throw in.wrong(PEFT, "absent beside " + in.key(LYCORIS) + ", which means the same");
    }
    String role = in.has(PEFT) ? PEFT : LYCORIS;
    HostTensor magnitude = in.tensor(role);
    Site site = in.site();
    Shape outputs = single(site, 0);
    Shape inputs = single(site, 1);
    Shape found = magnitude.shape();
    if (LongStream.of(found.sizes()).filter(s -> s != 1).count() > 1) {
      throw in.wrong(role, outputs + " or " + inputs);
    }
    long count = found.elements();
    boolean column = found.rank() >= 2 && found.size(0) == count;
    boolean row = found.rank() >= 2 && found.size(1) == count;
    // A row is one by input channel to LyCORIS; PEFT stores convolutions' output channels as rows.
    if (role.equals(LYCORIS) && row && !column && count == site.in()) {
      return magnitude.reshape(inputs);
    }
    if (count == site.out()) {
      return magnitude.reshape(outputs);
    }
    throw in.wrong(role, role.equals(PEFT) ? outputs.toString() : outputs + " or " + inputs);
  }

  /** Shape with all sizes 1 except dimension {@code d} of the weight. */
  static Shape single(Site site, int d) {
    long[] sizes = new long[site.weight().rank()];
    Arrays.fill(sizes, 1);
    sizes[d] = site.weight().size(d);
    return Shape.of(sizes);
  }

  /** Euclidean length, F64, over all dimensions of which {@code shape} has one element. */
  static Expr length(Expr weight, Shape shape) {
    boolean single = weight.shape().size(0) == 1 && shape.size(1) == 1;
    int kept = shape.size(0) > 1 || single ? 0 : 1;
    List<Integer> others = IntStream.range(0, shape.rank()).filter(d -> d != kept).boxed().toList();
    return norm(weight, shape, others, DType.F64);
  }

  /** Euclidean length, in {@code type}, over all dimensions but {@code kept}. */
  static Expr length(Expr weight, Shape shape, int kept, DType type) {
    return norm(
        weight,
        shape,
        IntStream.range(0, shape.rank()).filter(d -> d != kept).boxed().toList(),
        type);
  }

  private static Expr norm(Expr weight, Shape shape, List<Integer> over, DType type) {
    Keyword dtype = Keyword.of("dtype", type);
    return weight.graph().call("linalg_vector_norm", type, shape, weight, 2, over, true, dtype);
  }
}
