package dev.lora4j.diffusion.conditioning;

import dev.lora4j.core.mix.MergedParameter;
import dev.lora4j.core.mix.MergedSites;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.mix.UnmergedAdapters;
import dev.lora4j.core.model.Network;
import dev.lora4j.core.model.text.HiddenView;
import dev.lora4j.core.tensor.HeldInputs;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.diffusion.base.DiffusionModel;
import dev.lora4j.diffusion.base.TextEncoder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Text encoders with the merged adapters of one plan, each with its weight for text whatever its
 * steps, since they run once per picture. Valid while its scope is open.
 */
public final class TextMix {
  private final TextEncoderPrograms programs;
  private final Map<String, Map<String, Tensor>> patches = new HashMap<>();

  /**
   * Merges the adapters of a plan into the text encoders of a base.
   *
   * @param scope owner of the changed weights
   */
  public TextMix(
      Scope scope,
      DiffusionModel base,
      TextEncoderPrograms programs,
      MergedParameter merged,
      MixPlan mix) {
    this.programs = programs;
    for (TextEncoder encoder : base.textEncoders()) {
      String model = encoder.model();
      MergedSites sites =
          new MergedSites(
              scope,
              merged,
              encoder.weights(),
              base.sites(),
              model,
              UnmergedAdapters.touched(mix, model),
              mix);
      patches.put(model, sites.at(mix.overall(model)));
    }
  }

  /** The same for plans that make the same text encoders. */
  public static Object key(MixPlan mix, List<TextEncoder> encoders) {
    List<Object> key = new ArrayList<>();
    for (TextEncoder encoder : encoders) {
      float[] weights = mix.overall(encoder.model());
      for (int i = 0; i < weights.length; i++) {
        MixPlan.Part part = mix.parts().get(i);
        if (weights[i] != 0 && touches(part, encoder.model())) {
          key.addAll(
              List.of(encoder.model(), part.adapter().identity(), part.shares(), weights[i]));
        }
      }
    }
    key.add(mix.order());
    return key;
  }

  private static boolean touches(MixPlan.Part part, String model) {
    return part.adapter().sites().keySet().stream().anyMatch(s -> s.startsWith(model + "."));
  }

  /**
   * Runs a text encoder.
   *
   * @param data inputs of {@link dev.lora4j.diffusion.base.StagedNetworks#text}
   */
  public List<Tensor> run(
      Scope work, TextEncoder encoder, HiddenView view, Map<String, Tensor> data) {
    Network network = programs.of(encoder, view, data.containsKey("places"));
    Map<String, Tensor> patch = patches.getOrDefault(encoder.model(), Map.of());
    try (HeldInputs held = network.hold(work, encoder.weights(), patch, Map.of())) {
      return network.run(work, held, data);
    }
  }
}
