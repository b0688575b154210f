package dev.lora4j.core.format.writing;

import dev.lora4j.core.adapter.AdapterMethod;
import dev.lora4j.core.adapter.AdditiveMethod;
import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.adapter.Methods;
import dev.lora4j.core.adapter.Target;

/** Advice for factors that a layout has no form for. */
public final class OtherForm {
  private static final String KOHYA = "Write kohya's layout";

  private OtherForm() {}

  /** A sentence for the user. */
  public static String advice(Factors factors) {
    AdapterMethod method = Methods.named(factors.method());
    if (!(method instanceof AdditiveMethod additive)) {
      return KOHYA + ", or bake the adapter into its base and extract the difference as LoRA.";
    }
    return additive.target(factors.structure()) == Target.WEIGHT
        ? KOHYA + ", or cut the adapter to LoRA first (resize)."
        : KOHYA + ", which has a form for biases.";
  }
}
