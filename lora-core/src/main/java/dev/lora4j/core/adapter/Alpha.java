package dev.lora4j.core.adapter;

import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.host.HostTensor;
import java.util.Map;
import java.util.Optional;

/** The number alpha of files, which scales most methods. */
public final class Alpha {
  /**
   * Role of a factor of the delta in some LyCORIS files; the writer folds it into the factors,
   * except in old versions.
   */
  public static final String SCALAR = "scalar";

  /**
   * Role of a scale that replaces alpha over rank, regardless of alpha, as AUTOMATIC1111 and
   * stable-diffusion.cpp read it.
   */
  public static final String SCALE = "scale";

  /** Setting with which PEFT's configuration gives alpha. */
  public static final String LORA_ALPHA = "lora_alpha";

  /** Setting {@code true} where the scale is alpha over the square root of the rank. */
  public static final String RANK_STABILISED = "use_rslora";

  private static final double UNUSUAL = 1000;

  private Alpha() {}

  /**
   * The setting {@code alpha} such that the scale is alpha over rank. The configuration's value
   * goes before the tensor's; without either it is the rank, so that the scale is 1. A {@link
   * #SCALE} goes before all of them. Rounded to F32, as files hold no more.
   *
   * @throws AdapterException if it is not finite, or 0 in the configuration, which means no effect
   */
  public static String read(SiteTensors in, long rank) {
    Optional<Double> scale = in.number(SCALE).or(() -> in.numberSetting(SCALE));
    if (scale.isPresent()) {
      if (!Double.isFinite(scale.get())) {
        throw in.wrong(SCALE, "a finite number");
      }
      in.ignore(AdapterMethod.ALPHA, "the scale beside it counts instead");
      return Double.toString((float) (scale.get() * rank));
    }
    double stored = in.number(AdapterMethod.ALPHA).orElse((double) rank);
    Optional<Double> configured = in.numberSetting(LORA_ALPHA);
    double alpha = configured.orElse(stored);
    if (!Double.isFinite(alpha)) {
      throw in.wrong(AdapterMethod.ALPHA, "a finite number");
    }
    if (alpha == 0 && configured.isPresent()) {
      throw new AdapterException(
          "The configuration of the adapter says "
              + LORA_ALPHA
              + " 0, so that it would have no effect on "
              + in.site().name()
              + ".");
    }
    if (alpha == 0) {
      in.warn(
          in.key(AdapterMethod.ALPHA) + " is 0, which its trainers mean as the rank " + rank + ".");
      alpha = (double) rank;
    }
    if (in.flag(RANK_STABILISED, false)) {
      alpha *= Math.sqrt((double) rank);
    }
    if (Math.abs(alpha / rank) > UNUSUAL) {
      in.warn(
          in.key(AdapterMethod.ALPHA)
              + " makes the scale "
              + alpha / rank
              + " at "
              + in.site().name()
              + "; no usual training does.");
    }
    return Double.toString((float) alpha);
  }

  /** Takes over the {@link #SCALAR}, if there is one. */
  public static void readScalar(SiteTensors in, Map<String, HostTensor> tensors) {
    if (in.has(SCALAR)) {
      tensors.put(SCALAR, in.tensor(SCALAR, Shape.of()));
    }
  }

  /** {@code value} times the {@link #SCALAR}, if there is one. */
  public static Expr scaled(StagedFactors factors, Expr value) {
    return factors.find(SCALAR).map(value::mul).orElse(value);
  }
}
