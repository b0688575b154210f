package dev.lora4j.diffusion.base;

import dev.lora4j.core.format.checkpoint.Placement;
import dev.lora4j.core.nn.Parameter;
import dev.lora4j.core.safetensors.TensorStore;
import dev.lora4j.diffusion.clip.ClipTokenizer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Where a base model comes from: its configurations, and where the weights of each of its networks
 * lie. Networks are called {@code unet}, {@code vae}, {@code text_encoder}, {@code text_encoder_2}.
 */
sealed interface ModelSource extends AutoCloseable permits FolderSource, FileSource {
  /**
   * Opens a folder in the layout of diffusers, or a checkpoint in one file.
   *
   * @throws DiffusionModelException if it is neither
   */
  static ModelSource open(Path path, LoadOptions options) {
    if (!Files.isDirectory(path)) {
      return new FileSource(path, options.configs());
    }
    if (options.configs().isPresent()) {
      throw new DiffusionModelException(
          path + " is a folder, which has configurations of its own; others go with a file alone.");
    }
    return new FolderSource(path);
  }

  /** All but the weights. */
  ModelConfigs configs();

  /** The tensors among which the weights of a network lie; closed with this. */
  TensorStore store(String model);

  /** What stands before names of tensors in messages, so that they are found. */
  String label(String model);

  /** Where a weight of a network may lie, likeliest first; at least one place. */
  List<Placement> places(String model, Parameter parameter);

  /**
   * Decides about tensors that no network asked for.
   *
   * @param unclaimed names in {@link #store}, which a folder has one of for each network
   * @return those that must not be there
   */
  List<String> unknown(String model, List<String> unclaimed);

  /** What was assumed, left out or put in place of what is missing, as sentences for the user. */
  List<String> notes();

  /** The files with the weights. */
  List<Path> files();

  /** Cuts prompts for a text encoder; whoever opens it closes it. Works after {@link #close}. */
  ClipTokenizer tokenizer(ModelConfigs.Text encoder);

  @Override
  void close();
}
