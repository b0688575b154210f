package dev.lora4j.diffusion.base;

import dev.lora4j.core.format.Family;
import dev.lora4j.core.format.reading.ModelFamily;
import dev.lora4j.core.model.ModelException;
import dev.lora4j.core.model.Network;
import dev.lora4j.core.model.text.HiddenView;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.diffusion.denoiser.DenoiserNetwork;
import dev.lora4j.diffusion.sampling.NoiseSchedule;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Outline of a base model that is not loaded: only configurations and headers are read, and no
 * engine is needed.
 */
public final class BaseOutline {
  private final Path path;
  private final ModelConfigs configs;
  private final GenerationDefaults defaults;

  private BaseOutline(Path path, LoadOptions options, ModelConfigs configs) {
    this.path = path;
    this.configs = configs;
    defaults = GenerationDefaults.of(path, options, configs);
  }

  /**
   * Reads it.
   *
   * @throws ModelException if it is no such model, or files of it are missing; loading may find
   *     more
   * @throws dev.lora4j.core.format.checkpoint.CheckpointException if it is a file of another kind
   */
  public static BaseOutline of(Path path, LoadOptions options) {
    try (ModelSource source = ModelSource.open(path, options)) {
      source.files().forEach(BaseOutline::requireThere);
      ModelConfigs own = source.configs();
      ModelConfigs asked =
          options.prediction().map(p -> own.with(own.schedule().with(p))).orElse(own);
      ComponentFit.require(path, asked);
      return new BaseOutline(path, options, asked);
    }
  }

  private static void requireThere(Path file) {
    if (!Files.exists(file)) {
      throw new ModelException("The model lacks its file " + file + ".");
    }
  }

  /** Folder or file of the model. */
  public Path path() {
    return path;
  }

  /** Unit of picture sizes, in pixels: both sides are multiples of it. */
  public int sizeUnit() {
    return configs.sizeUnit();
  }

  /** Greatest height and width of pictures, in pixels; no limit of the model's if very great. */
  public int longestSide() {
    return configs.longestSide();
  }

  /** Height and width of the pictures that it was trained on, in pixels. */
  public int side() {
    return configs.sampleSize() * configs.vae().scale();
  }

  /** Noise schedule that it was trained with. */
  public NoiseSchedule schedule() {
    return new NoiseSchedule(configs.schedule());
  }

  /** Sampler and guidance scale of pictures whose prompt names none. */
  public GenerationDefaults defaults() {
    return defaults;
  }

  /** The layers that adapters can change, under all their names. */
  public Family family() {
    return ModelFamily.of(String.valueOf(path.getFileName()), BaseSites.of(configs));
  }

  /** True if it is a Stable Diffusion XL. */
  public boolean xl() {
    return configs.xl();
  }

  /** The network of its denoiser, without weights. */
  public DenoiserNetwork denoiser() {
    return configs.unet();
  }

  /** Number of reference pictures that its denoiser can see beside one; 0 for none. */
  public int mostReferences() {
    return configs.unet().mostReferences();
  }

  /**
   * Checks that its text encoders have layers left.
   *
   * @param clipSkip layers to leave out beyond what the base leaves out
   * @throws IllegalArgumentException if they have not
   */
  public void requireClipSkip(int clipSkip) {
    configs.arrangement().requireClipSkip(clipSkip);
    for (int i = 0; i < configs.texts().size(); i++) {
      ModelConfigs.Text text = configs.texts().get(i);
      HiddenView view = configs.arrangement().parts().get(i).view(clipSkip);
      Network.walk(
          text.model(),
          DType.F32,
          StagedNetworks.text(text.network(), view, DType.F32, AdapterInputs.NONE));
    }
  }
}
