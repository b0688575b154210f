package dev.lora4j.core.mixer;

import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.adapter.Methods;
import dev.lora4j.core.adapter.lora.LoraMethod;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.host.HostTensor;
import java.util.ArrayList;
import java.util.List;

/**
 * Factors of one rank added up, each with the root of weight times scale, and down with the sign of
 * that product (PEFT's combination {@code linear}).
 *
 * @param down in the shape that the factors have it
 * @param up likewise
 */
record SummedFactors(HostTensor down, HostTensor up) {
  /** Adds up the factors of all parts of a parameter, each one plain LoRA; up times lambda. */
  static SummedFactors of(MixedParameter parameter, double lambda, DType stored) {
    List<MixedParameter.Part> parts = parameter.parts();
    List<HostTensor> downs = new ArrayList<>();
    List<HostTensor> ups = new ArrayList<>();
    float[] ofDown = new float[parts.size()];
    float[] ofUp = new float[parts.size()];
    for (int i = 0; i < parts.size(); i++) {
      Factors factors = parts.get(i).factors().get(0);
      double scale = Methods.additive(factors.method()).scale(factors.structure());
      double weight = parts.get(i).weight() * scale;
      double root = Math.sqrt(Math.abs(weight));
      downs.add(narrow(factors.tensor(LoraMethod.DOWN)));
      ofDown[i] = (float) (root * Math.signum(weight));
      ups.add(narrow(factors.tensor(LoraMethod.UP)));
      ofUp[i] = (float) (root * lambda);
    }
    return new SummedFactors(
        HostTensor.sum(stored, downs, ofDown), HostTensor.sum(stored, ups, ofUp));
  }

  /** Sums are formed in F32, and F64 is the one type of factors that is wider. */
  private static HostTensor narrow(HostTensor factor) {
    return factor.dtype() == DType.F64
        ? HostTensor.of(DType.F32, factor.shape(), factor.doubles())
        : factor;
  }

  /** Returns true if the factors change nothing. */
  boolean none() {
    return down.zero() || up.zero();
  }
}
