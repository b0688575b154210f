package dev.lora4j.core.adapter.boft;

import dev.lora4j.core.adapter.AdapterMethod;
import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.adapter.RowSlice;
import dev.lora4j.core.adapter.SiteTensors;
import dev.lora4j.core.adapter.StagedFactors;
import dev.lora4j.core.adapter.TransformMethod;
import dev.lora4j.core.adapter.oft.Cayley;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.host.HostTensor;
import dev.lora4j.spi.Extension;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * BOFT of PEFT: {@code boft_R} [stages, blocks, size, size] rotate the inputs of each output,
 * {@code W} as [out, rest], in stages; then {@code boft_s} multiplies each output. Here {@code R =
 * (1 - Q) (1 + Q)^-1} with {@code Q = (data - data^T) / 2}. In stage i, half-blocks that lie 2^i
 * half-blocks apart are brought side by side first, and back after it.
 *
 * <p>Strength blends each R and the factors by output with 1.
 */
@Extension(
    point = AdapterMethod.class,
    name = PeftBoftMethod.NAME,
    help = "BOFT of PEFT: what each output sees, rotated in stages of a butterfly")
public final class PeftBoftMethod implements TransformMethod {
  /** Its name. */
  public static final String NAME = "boft-peft";

  static final String ROTATIONS = "boft_R";
  static final String OUTPUTS = "boft_s";

  @Override
  public Set<Site.Kind> kinds() {
    return Set.of(Site.Kind.LINEAR, Site.Kind.CONVOLUTION);
  }

  @Override
  public Set<String> roles() {
    return Set.of(ROTATIONS, OUTPUTS);
  }

  @Override
  public boolean recognises(SiteTensors tensors) {
    return tensors.has(ROTATIONS);
  }

  @Override
  public Factors read(SiteTensors in) {
    HostTensor data = in.tensor(ROTATIONS);
    Shape shape = data.shape();
    long rest = in.site().rest();
    if (shape.rank() != 4
        || shape.size(2) != shape.size(3)
        || shape.size(1) * shape.size(2) != rest
        || !shuffles(shape, rest)) {
      throw in.wrong(
          ROTATIONS,
          "[stages, n, size, size] with n * size = "
              + rest
              + " and, with several stages, an even size and size * 2^(stages - 1) dividing "
              + rest);
    }
    long out = in.site().out();
    if (in.tensor(OUTPUTS).shape().elements() != out) {
      throw in.wrong(OUTPUTS, out + " numbers, one for each output");
    }
    HostTensor outputs = in.tensor(OUTPUTS).reshape(Shape.of(out, 1));
    return Factors.of(NAME, new TreeMap<>(Map.of(ROTATIONS, data, OUTPUTS, outputs)), Map.of());
  }

  /** The rotations are of inputs, which all layers share. */
  @Override
  public Factors rows(Site whole, Factors factors, RowSlice share) {
    Map<String, HostTensor> tensors = new TreeMap<>(factors.tensors());
    tensors.computeIfPresent(OUTPUTS, (role, t) -> share.of(t));
    return Factors.of(NAME, tensors, factors.settings());
  }

  static boolean shuffles(Shape data, long rest) {
    long stages = data.size(0);
    return stages == 1
        || (stages > 1
            && stages < Long.SIZE / 2
            && data.size(2) % 2 == 0
            && rest % (data.size(2) << (stages - 1)) == 0);
  }

  @Override
  public Expr transform(Site site, Expr weight, StagedFactors factors, Expr strength) {
    Expr data = factors.get(ROTATIONS);
    Shape shape = data.shape();
    long size = shape.size(2);
    long out = site.out();
    Expr rotations = Cayley.blend(Cayley.backward(Cayley.skew(data).mul(0.5)), strength);
    Expr rows = weight.reshape(out, site.rest()).transpose(0, 1);
    for (int stage = 0; stage < shape.size(0); stage++) {
      Expr rotation = rotations.slice(0, stage, stage + 1).reshape(shape.size(1), size, size);
      // The first stage moves nothing, whatever the size.
      long apart = 1L << stage;
      long width = stage == 0 ? out : size / 2 * out;
      Expr together = stage == 0 ? rows : BoftMethod.swapped(rows, 2, apart, width);
      Expr turned = rotation.matmul(together.reshape(shape.size(1), size, out));
      rows = stage == 0 ? turned : BoftMethod.swapped(turned, apart, 2, width);
      rows = rows.reshape(site.rest(), out);
    }
    Expr exact = factors.get(OUTPUTS).to(DType.F64).add(-1).mul(strength.to(DType.F64)).add(1);
    Expr scale = exact.to(DType.F32);
    return rows.transpose(0, 1).mul(scale).reshape(site.weight().sizes());
  }
}
