package dev.lora4j.core.adapter.oft;

import dev.lora4j.core.adapter.AdapterException;
import dev.lora4j.core.adapter.AdapterMethod;
import dev.lora4j.core.adapter.FactorStructure;
import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.adapter.SiteTensors;
import dev.lora4j.core.adapter.StagedFactors;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.host.HostTensor;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** Common parts of LyCORIS's two rotation methods: a limit and a factor for each output. */
public final class LycorisRotation {
  /** Role of the blocks. */
  public static final String BLOCKS = "oft_blocks";

  /** Role of the factors by output channel. */
  public static final String RESCALE = "rescale";

  private static final String LIMIT = "limit";

  private LycorisRotation() {}

  /** The setting {@code alpha}: the limit of the skew matrices' length by output; 0 is none. */
  public static String readLimit(SiteTensors in) {
    double alpha = in.number(AdapterMethod.ALPHA).orElse(0.0);
    if (!Double.isFinite(alpha) || alpha < 0) {
      throw in.wrong(AdapterMethod.ALPHA, "a limit that is finite and not below 0");
    }
    return Double.toString((float) alpha);
  }

  /** Takes over the factors by output channel, if there are any. */
  public static void readRescale(SiteTensors in, Map<String, HostTensor> tensors) {
    if (in.has(RESCALE)) {
      long out = in.site().out();
      if (in.tensor(RESCALE).shape().elements() != out) {
        throw in.wrong(RESCALE, out + " numbers, one for each output");
      }
      tensors.put(RESCALE, in.tensor(RESCALE).reshape(Shape.of(out, 1)));
    }
  }

  /** The number that {@link #limited} needs. */
  public static SortedMap<String, Double> numbers(FactorStructure factors, long out) {
    double alpha = factors.number(AdapterMethod.ALPHA);
    double limit = alpha > 0 ? alpha * out : Float.MAX_VALUE;
    return new TreeMap<>(Map.of(LIMIT, limit));
  }

  /** Skew matrices shortened to the limit, all together. */
  public static Expr limited(Expr skew, StagedFactors factors) {
    Expr share = factors.number(LIMIT).to(DType.F64).div(skew.norm().add(1e-8));
    return skew.mul(share.clamp(0, 1));
  }

  /** The blocks [n, size, size] with the limit applied, as {@link #limited} does. */
  static HostTensor limited(Factors factors, long out) {
    HostTensor blocks = factors.tensor(BLOCKS);
    double alpha = factors.structure().number(AdapterMethod.ALPHA);
    double[] values = blocks.doubles();
    int size = Math.toIntExact(blocks.shape().size(1));
    double sum = 0;
    for (int block = 0; block < values.length; block += size * size) {
      for (int r = 0; r < size; r++) {
        for (int c = 0; c < size; c++) {
          double skew = values[block + r * size + c] - values[block + c * size + r];
          sum += skew * skew;
        }
      }
    }
    double share = alpha * out / (Math.sqrt(sum) + 1e-8);
    if (alpha <= 0 || share >= 1) {
      return blocks;
    }
    float[] shorter = new float[values.length];
    for (int i = 0; i < shorter.length; i++) {
      shorter[i] = (float) (values[i] * share);
    }
    return HostTensor.of(blocks.shape(), shorter);
  }

  /** {@code weight} [out, ...] times the factors, blended with 1 by the strength. */
  public static Expr rescaled(Site site, Expr weight, StagedFactors factors, Expr strength) {
    if (factors.find(RESCALE).isEmpty()) {
      return weight;
    }
    Expr exact = factors.get(RESCALE).to(DType.F64).add(-1).mul(strength.to(DType.F64)).add(1);
    Expr factor = exact.to(DType.F32);
    Expr rows = weight.reshape(site.out(), site.rest());
    return rows.mul(factor).reshape(site.weight().sizes());
  }

  /** Exception for blocks that do not cover the outputs. */
  static AdapterException blocks(SiteTensors in, String role) {
    return in.wrong(role, "[n, size, size] with n * size = " + in.site().out());
  }
}
