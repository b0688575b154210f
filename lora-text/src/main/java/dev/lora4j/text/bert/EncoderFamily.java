package dev.lora4j.text.bert;

import dev.lora4j.core.format.Placement;
import dev.lora4j.core.model.ConfigFile;
import dev.lora4j.core.nn.Parameter;
import dev.lora4j.text.model.ClassLabels;
import dev.lora4j.text.model.TextFamily;
import dev.lora4j.text.network.EncoderNetwork;
import dev.lora4j.text.network.LanguageNetwork;
import dev.lora4j.text.network.TokenTagger;
import java.util.List;
import java.util.Set;

/**
 * Common part of the families of encoders. Where a network has a head, all but the head is within a
 * level of its own, called as the family, so that adapters of either find their layers.
 */
abstract class EncoderFamily implements TextFamily {
  private final Set<String> models;

  /**
   * A family.
   *
   * @param models the {@code model_type}s of its configurations
   */
  EncoderFamily(Set<String> models) {
    this.models = Set.copyOf(models);
  }

  /**
   * The network.
   *
   * @param labels names of the classes; none where there is to be no head
   * @param level of all but the head; empty where there is no head
   */
  abstract LanguageNetwork network(ConfigFile config, List<String> labels, String level);

  private LanguageNetwork network(ConfigFile config, List<String> labels) {
    return network(config, labels, labels.isEmpty() ? "" : level());
  }

  /** Level of all but the head where there is one, with a dot. */
  String level() {
    return name() + ".";
  }

  @Override
  public final boolean recognises(ConfigFile config) {
    return models.contains(config.text("model_type", ""));
  }

  @Override
  public final LanguageNetwork network(ConfigFile config) {
    return network(config, ClassLabels.of(config));
  }

  @Override
  public final LanguageNetwork classifier(ConfigFile config, int labels) {
    return network(config, ClassLabels.of(config, labels));
  }

  @Override
  public LanguageNetwork tagger(ConfigFile config, List<String> tags) {
    EncoderNetwork body = (EncoderNetwork) network(config, List.of(), level());
    return new TokenTagger(body, "classifier", body.width(), tags);
  }

  @Override
  public final List<Placement> places(Parameter parameter) {
    return EncoderWeightNames.of(level(), parameter);
  }

  @Override
  public boolean ignores(String tensor) {
    return EncoderWeightNames.ignores(tensor);
  }
}
