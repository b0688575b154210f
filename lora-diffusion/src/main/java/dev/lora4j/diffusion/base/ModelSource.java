package dev.lora4j.diffusion.base;

import dev.lora4j.core.model.ModelException;
import dev.lora4j.core.model.WeightLocations;
import dev.lora4j.core.model.text.PromptFrame;
import dev.lora4j.core.model.text.PromptTokenizer;
import dev.lora4j.diffusion.unet.UNet;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Source of a base model: its configurations and the locations of its networks' weights. Networks
 * are called {@code unet}, {@code vae}, {@code text_encoder}, {@code text_encoder_2}.
 */
sealed interface ModelSource extends WeightLocations, AutoCloseable
    permits FolderSource, FileSource, PackedFile, ReplacedDenoiser {
  /**
   * Opens a folder in the layout of diffusers, or a checkpoint in one file, with the denoiser of
   * another file if the options have one.
   *
   * @throws ModelException if it is neither, or the denoiser is of another kind
   */
  static ModelSource open(Path path, LoadOptions options) {
    ModelSource base = base(path, options);
    try {
      return options
          .denoiser()
          .<ModelSource>map(file -> ReplacedDenoiser.of(path, base, file))
          .orElse(base);
    } catch (RuntimeException | Error e) {
      base.close();
      throw e;
    }
  }

  private static ModelSource base(Path path, LoadOptions options) {
    if (!Files.isDirectory(path)) {
      return options
          .configs()
          .filter(folder -> !(DiffusersConfigs.of(folder).unet() instanceof UNet))
          .<ModelSource>map(folder -> new PackedFile(path, folder))
          .orElseGet(() -> new FileSource(path, options.configs()));
    }
    if (options.configs().isPresent()) {
      throw new ModelException(
          path + " is a folder, which has configurations of its own; others go with a file alone.");
    }
    return new FolderSource(path);
  }

  /** All but the weights. */
  ModelConfigs configs();

  /** Notes for the user, as sentences: assumptions, omissions, replacements of what is missing. */
  List<String> notes();

  /** The files with the weights. */
  List<Path> files();

  /** The files with the weights of all networks but one; a file may have more. */
  List<Path> filesWithout(String model);

  /**
   * Cuts prompts in a frame for a text encoder; whoever opens it closes it. Works after {@link
   * #close}.
   */
  PromptTokenizer tokenizer(ModelConfigs.Text encoder, PromptFrame frame);

  @Override
  void close();
}
