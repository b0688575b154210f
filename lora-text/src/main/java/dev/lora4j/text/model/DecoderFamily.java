package dev.lora4j.text.model;

import dev.lora4j.core.format.Placement;
import dev.lora4j.core.model.ConfigFile;
import dev.lora4j.core.nn.Parameter;
import dev.lora4j.text.network.CausalNetwork;
import dev.lora4j.text.network.HeadlessDecoder;
import dev.lora4j.text.network.LanguageNetwork;
import dev.lora4j.text.network.LastTokenClassifier;
import dev.lora4j.text.network.TokenTagger;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A family of decoders, which has heads for words, for classes of texts and for classes of words. A
 * family says its {@code model_type}s and how its network is read.
 */
public abstract class DecoderFamily implements TextFamily {
  private static final String CLASSES = "score";

  private final Set<String> models;

  /**
   * A family.
   *
   * @param models the {@code model_type}s of its configurations
   */
  protected DecoderFamily(Set<String> models) {
    this.models = Set.copyOf(models);
  }

  /**
   * A decoder.
   *
   * @param network without heads for classes
   * @param width of a token's vector behind its last layer
   */
  public record Decoder(CausalNetwork network, int width) {}

  /**
   * The decoder that a configuration describes.
   *
   * @throws dev.lora4j.core.model.ModelException if it has a setting that the family does not
   *     support
   */
  protected abstract Decoder decoder(ConfigFile config);

  /** Level around the decoder where it has a head, with a dot. */
  protected String level() {
    return "model.";
  }

  /** Name of transformers' head for classes of tokens. */
  protected String tokenHead() {
    return CLASSES;
  }

  @Override
  public final boolean recognises(ConfigFile config) {
    return models.contains(config.text("model_type", ""));
  }

  @Override
  public final LanguageNetwork network(ConfigFile config) {
    List<String> labels = ClassLabels.of(config);
    return labels.isEmpty() ? decoder(config).network() : classifier(config, labels);
  }

  @Override
  public final LanguageNetwork encoder(ConfigFile config) {
    Decoder decoder = decoder(config);
    return new HeadlessDecoder(decoder.network(), level(), decoder.width());
  }

  @Override
  public final LanguageNetwork classifier(ConfigFile config, int labels) {
    return classifier(config, ClassLabels.of(config, labels));
  }

  private LanguageNetwork classifier(ConfigFile config, List<String> labels) {
    Decoder decoder = decoder(config);
    return LastTokenClassifier.of(decoder.network(), decoder.width(), labels, config);
  }

  @Override
  public final LanguageNetwork tagger(ConfigFile config, List<String> tags) {
    Decoder decoder = decoder(config);
    return new TokenTagger(decoder.network(), tokenHead(), decoder.width(), tags);
  }

  /** Under its name with the level around the decoder, and without it. */
  @Override
  public List<Placement> places(Parameter parameter) {
    return spellings(parameter.name()).map(name -> Placement.of("", name)).toList();
  }

  /** A weight's name in checkpoints, with the level around the decoder and without it. */
  protected final Stream<String> spellings(String name) {
    String level = level();
    return Stream.of(name, name.startsWith(level) ? name.substring(level.length()) : level + name);
  }

  /** The head for words, beside one for classes or where it is the embedding again. */
  @Override
  public boolean ignores(String tensor) {
    return tensor.equals(LanguageNetwork.HEAD + ".weight") || tensor.equals(CLASSES + ".weight");
  }
}
