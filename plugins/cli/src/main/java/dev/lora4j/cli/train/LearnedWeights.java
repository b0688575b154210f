package dev.lora4j.cli.train;

import dev.lora4j.cli.console.Console;
import dev.lora4j.cli.console.Failure;
import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.adapter.lora.LoraSoupTraining;
import dev.lora4j.core.format.metadata.Provenance;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.train.adapter.AdapterRecipe;
import dev.lora4j.core.train.adapter.TargetLayers;
import dev.lora4j.diffusion.pipeline.StableDiffusion;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;

/** The weights by which teachers, as they are, count in one adapter: how they are learned. */
final class LearnedWeights {
  private final LoraSoupTraining method;
  private final List<Site> layers;

  /** Weights that a method learns at the layers of a base. */
  LearnedWeights(StableDiffusion sd, LoraSoupTraining method) {
    this.method = method;
    layers =
        sd.base().sites().all().stream()
            .filter(s -> method.parts().stream().anyMatch(p -> !p.adapter().at(s.name()).isEmpty()))
            .toList();
  }

  /**
   * The method that learns weights of adapters.
   *
   * @throws Failure if one is no LoRA
   */
  static LoraSoupTraining method(List<LoraSoupTraining.Part> parts) {
    try {
      return new LoraSoupTraining(parts);
    } catch (IllegalArgumentException e) {
      throw new Failure(e.getMessage() + " Or say --learn factors.", e);
    }
  }

  /** The recipe with these weights in place of factors. */
  AdapterRecipe recipe(AdapterRecipe plain) {
    int rank =
        Math.toIntExact(
            method.parts().stream().mapToLong(p -> Provenance.greatestRank(p.adapter())).sum());
    String[] names = layers.stream().map(Site::name).toArray(String[]::new);
    return plain.method(method).targets(TargetLayers.matching(names)).rank(rank, rank);
  }

  /** Tells what will be trained. */
  void begin(Console console) {
    console.note(
        "The adapters stay as they are; what is learned is a weight for each of them at each of "
            + layers.size()
            + " layers, from 1/"
            + method.parts().size()
            + " on.");
  }

  /** Tells what was learned. */
  void tell(Console console, Adapter trained) {
    List<SortedMap<String, Double>> learned = method.learned(trained, layers);
    for (int i = 0; i < learned.size(); i++) {
      double[] weights = learned.get(i).values().stream().mapToDouble(w -> w).sorted().toArray();
      double mean = learned.get(i).values().stream().mapToDouble(w -> w).average().orElse(0);
      console.note(
          String.format(
              Locale.ROOT,
              "%s is weighed by %.3f on average, from %.3f to %.3f, at %d layers.",
              method.parts().get(i).adapter().name(),
              mean,
              weights.length == 0 ? 0 : weights[0],
              weights.length == 0 ? 0 : weights[weights.length - 1],
              weights.length));
    }
  }
}
