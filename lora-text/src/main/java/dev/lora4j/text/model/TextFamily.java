package dev.lora4j.text.model;

import dev.lora4j.core.format.Placement;
import dev.lora4j.core.model.ConfigFile;
import dev.lora4j.core.model.ModelException;
import dev.lora4j.core.nn.Parameter;
import dev.lora4j.spi.ExtensionName;
import dev.lora4j.text.network.LanguageNetwork;
import java.util.List;

/**
 * A kind of language model: what its configurations look like, and the network they describe. An
 * extension point; immutable and safe for use by several threads.
 */
public interface TextFamily {
  /** Its name, for example {@code llama}. */
  default String name() {
    return ExtensionName.of(this);
  }

  /**
   * True if a {@code config.json} describes a model of this family. Only one family may recognise a
   * configuration.
   */
  boolean recognises(ConfigFile config);

  /**
   * The network that a configuration describes.
   *
   * @throws ModelException if it has a setting that the family does not support
   */
  LanguageNetwork network(ConfigFile config);

  /**
   * The network that a configuration describes, for vectors of texts: an encoder, or a decoder
   * without its head.
   *
   * @throws ModelException if it has a setting that the family does not support
   */
  default LanguageNetwork encoder(ConfigFile config) {
    return network(config);
  }

  /**
   * The network that a configuration describes, with a classification head of so many classes.
   *
   * @throws ModelException if the family has no such heads
   */
  default LanguageNetwork classifier(ConfigFile config, int labels) {
    throw new ModelException(
        config.file()
            + ": "
            + name()
            + " has no head that tells classes apart; take a model of a family of encoders, such as"
            + " bert.");
  }

  /**
   * The network that a configuration describes, with a head that tells the class of each token.
   *
   * @param tags names of the classes
   * @throws ModelException if the family has no such heads
   */
  default LanguageNetwork tagger(ConfigFile config, List<String> tags) {
    throw new ModelException(
        config.file()
            + ": "
            + name()
            + " has no head that tells classes of words apart; take a model of a family of"
            + " encoders, such as bert.");
  }

  /**
   * Possible locations of a weight in checkpoints, likeliest first; by default under its own name.
   */
  default List<Placement> places(Parameter parameter) {
    return List.of(Placement.of("", parameter.name()));
  }

  /** True if a tensor of a checkpoint is known and not needed, such as a buffer. */
  default boolean ignores(String tensor) {
    return false;
  }
}
