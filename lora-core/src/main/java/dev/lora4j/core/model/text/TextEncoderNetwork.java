package dev.lora4j.core.model.text;

import dev.lora4j.core.identity.Canonical;
import dev.lora4j.core.model.ModelException;
import dev.lora4j.core.nn.Weights;
import dev.lora4j.core.tensor.DType;
import java.nio.file.Path;
import java.util.List;

/**
 * The network of a text encoder with its sizes, without its weights. Implementations are values:
 * those of equal sizes are equal, and {@link #canonical} has all sizes, as a digest of them goes
 * into the metadata of pictures.
 */
public interface TextEncoderNetwork extends Canonical {
  /** Number of tokens that it takes at once. */
  int places();

  /** Width of what it makes of each token. */
  int width();

  /** Width of what it makes of a whole text beside that; 0 if it makes nothing of it. */
  default int pooledWidth() {
    return 0;
  }

  /**
   * True if no token attends to what is behind the end of its text. It is then given the ends of
   * texts, whether it pools or not.
   */
  default boolean masksPadding() {
    return false;
  }

  /**
   * Stages the network. The layers that it takes from {@code weights} are those that adapters can
   * change.
   *
   * @param weights by the names in its checkpoints
   * @param compute the type to compute in
   * @param view which hidden states; several stand side by side
   * @return in {@code compute}; with the pooled text if {@code tokens} have the ends of texts
   * @throws IllegalArgumentException if {@code view} leaves it no layer, or asks for layers that it
   *     does not have or does not give
   */
  EncodedText stage(Weights weights, TextEncoderInputs tokens, DType compute, HiddenView view);

  /** Possible names of a weight in checkpoints in folders, likeliest first. */
  default List<String> names(String weight) {
    return List.of(weight);
  }

  /** True if a tensor of a checkpoint is known and not needed, such as a buffer. */
  default boolean ignores(String tensor) {
    return false;
  }

  /**
   * Opens the tokeniser that lies in a folder. Whoever opens it closes it.
   *
   * @param folder that of the base's tokeniser for this encoder, for example {@code tokenizer}
   * @throws ModelException if the folder has none that fits
   */
  PromptTokenizer tokenizer(Path folder);

  /**
   * Opens the tokeniser that lies in a folder, for prompts in a frame. Whoever opens it closes it.
   *
   * @throws ModelException if the folder has none that fits, or knows no such frame
   */
  default PromptTokenizer tokenizer(Path folder, PromptFrame frame) {
    if (frame.chat().isPresent()) {
      throw new ModelException(
          folder
              + ": the denoiser takes prompts as messages of a chat, but this text encoder has no"
              + " chat template; it must be a language model.");
    }
    return tokenizer(folder);
  }
}
