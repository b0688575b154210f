package dev.lora4j.text.bert;

import dev.lora4j.core.format.Placement;
import dev.lora4j.core.nn.Parameter;
import java.util.ArrayList;
import java.util.List;

/**
 * Names of encoders' weights in checkpoints: with or without the level that transformers has around
 * the encoder where there is a head, and TensorFlow's names of norms.
 */
final class EncoderWeightNames {
  private static final String NORM = "LayerNorm.";

  private EncoderWeightNames() {}

  /**
   * Possible locations of a weight, likeliest first.
   *
   * @param level with a dot, for example {@code bert.}
   */
  static List<Placement> of(String level, Parameter parameter) {
    String name = parameter.name();
    String other = name.startsWith(level) ? name.substring(level.length()) : level + name;
    List<Placement> places = new ArrayList<>();
    for (String spelled : List.of(name, other)) {
      places.add(Placement.of("", spelled));
      int norm = spelled.lastIndexOf(NORM);
      if (norm >= 0) {
        String before = spelled.substring(0, norm + NORM.length());
        places.add(Placement.of("", before + (spelled.endsWith("bias") ? "beta" : "gamma")));
      }
    }
    return places;
  }

  /** True if a tensor is a buffer, or of a head or pooler, which are not always needed. */
  static boolean ignores(String tensor) {
    return tensor.endsWith("embeddings.position_ids")
        || tensor.endsWith("embeddings.token_type_ids")
        || tensor.matches("(\\w+\\.)?pooler\\.(dense\\.)?(weight|bias)")
        || tensor.matches(
            "(cls|lm_head|lm_predictions|mask_predictions|vocab_\\w+|qa_outputs|classifier|pre_classifier|head|decoder|predictions|sop_classifier"
                + "|discriminator_\\w+|generator_\\w+)\\..*");
  }
}
