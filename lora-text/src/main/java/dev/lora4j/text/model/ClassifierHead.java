package dev.lora4j.text.model;

import dev.lora4j.core.model.ConfigFile;
import dev.lora4j.core.nn.FlatLayout;
import dev.lora4j.core.nn.Parameter;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.core.train.Initialiser;
import dev.lora4j.core.train.SeededNoise;
import dev.lora4j.text.network.EncoderNetwork;
import dev.lora4j.text.network.LanguageNetwork;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * A new classification head, for a model that was saved without one or for other classes.
 *
 * <p>A head of one class gives a number, such as a reward, and begins as transformers' heads do:
 * normal with the deviation {@code initializer_range} of the configuration. One of several classes
 * is uniform within 1/sqrt(width).
 *
 * @param labels number of classes
 * @param seed of its random weights
 * @param perToken whether it tells the class of each token, and not that of a whole text
 */
public record ClassifierHead(int labels, long seed, boolean perToken) {
  private static final String RANGE = "initializer_range";
  private static final double DEVIATION = 0.02;

  /** A head that tells the class of a whole text. */
  public ClassifierHead(int labels, long seed) {
    this(labels, seed, false);
  }

  /** Refuses numbers of classes that are none. */
  public ClassifierHead {
    if (labels < 1) {
      throw new IllegalArgumentException("a head tells apart 1 class or more, not " + labels);
    }
  }

  /**
   * The network of a family with this head.
   *
   * @throws dev.lora4j.core.model.ModelException if the family has no such heads
   */
  LanguageNetwork network(TextFamily family, ConfigFile config) {
    if (!perToken) {
      return family.classifier(config, labels);
    }
    List<String> own = ClassLabels.ofTokens(config);
    return family.tagger(config, own.size() == labels ? own : ClassLabels.numbered(labels));
  }

  /** The network of a family with the head that the configuration says, or none. */
  static LanguageNetwork saved(TextFamily family, ConfigFile config) {
    List<String> tags = ClassLabels.ofTokens(config);
    return tags.isEmpty() ? family.network(config) : family.tagger(config, tags);
  }

  /**
   * The network of a family for vectors of texts: as it was saved if it is an encoder, with
   * whatever head that has, since its adapters name its layers so; otherwise without its head for
   * words.
   */
  static LanguageNetwork encoder(TextFamily family, ConfigFile config) {
    LanguageNetwork saved = saved(family, config);
    return saved instanceof EncoderNetwork ? saved : family.encoder(config);
  }

  /** The first values of weights, by name; each depends on the seed and its name alone. */
  Map<String, Tensor> start(
      Scope scope, List<Parameter> parameters, DType compute, ConfigFile config) {
    FlatLayout layout = FlatLayout.of(parameters);
    float[] flat = labels == 1 ? normal(layout, config) : Initialiser.fill(layout, seed);
    Map<String, Tensor> tensors = new HashMap<>();
    for (FlatLayout.Slot slot : layout.slots()) {
      Parameter parameter = slot.parameter();
      int from = Math.toIntExact(slot.offset());
      int to = from + Math.toIntExact(parameter.shape().elements());
      try (Tensor values =
          Tensor.of(scope, parameter.shape(), Arrays.copyOfRange(flat, from, to))) {
        tensors.put(parameter.name(), values.to(scope, compute));
      }
    }
    return tensors;
  }

  private float[] normal(FlatLayout layout, ConfigFile config) {
    double deviation = config.real(RANGE, DEVIATION);
    float[] flat = new float[Math.toIntExact(layout.length())];
    for (FlatLayout.Slot slot : layout.slots()) {
      if (slot.parameter().init() != Parameter.Init.KAIMING) {
        continue; // Biases are 0.
      }
      int from = Math.toIntExact(slot.offset());
      int to = from + Math.toIntExact(slot.parameter().shape().elements());
      SeededNoise noise = SeededNoise.of(seed, slot.parameter().name().hashCode());
      for (int i = from; i < to; i++) {
        flat[i] = (float) (noise.gaussian() * deviation);
      }
    }
    return flat;
  }

  /** Note for the user about a new head. */
  static String note(List<Parameter> started) {
    return "The base has no such head: it starts from chance, until an adapter brings it or it is"
        + " trained: "
        + started.stream().map(Parameter::name).collect(Collectors.joining(", "))
        + ".";
  }
}
