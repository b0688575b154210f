package dev.lora4j.core.format.writing;

import dev.lora4j.core.adapter.AdapterMethod;
import dev.lora4j.core.adapter.AdditiveMethod;
import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.adapter.LayerParameter;
import dev.lora4j.core.adapter.Methods;
import dev.lora4j.core.adapter.RoutedMethod;

/** Advice for factors that a layout has no form for. */
public final class ConversionAdvice {
  private static final String KOHYA = "Write kohya's layout";

  private ConversionAdvice() {}

  /** A sentence for the user. */
  public static String advice(Factors factors) {
    AdapterMethod method = Methods.named(factors.method());
    if (method instanceof RoutedMethod) {
      return "Write PEFT's layout: its effect depends on the layer's input, so it is no LoRA.";
    }
    if (!(method instanceof AdditiveMethod additive)) {
      return KOHYA + ", or bake the adapter into its base and extract the difference as LoRA.";
    }
    return additive.target(factors.structure()) == LayerParameter.WEIGHT
        ? KOHYA + ", or cut the adapter to LoRA first (resize)."
        : KOHYA + ", which has a form for biases.";
  }
}
