package dev.lora4j.diffusion.config;

import dev.lora4j.core.tensor.DType;
import dev.lora4j.diffusion.clip.ClipTextConfig;
import dev.lora4j.diffusion.sampling.SchedulerConfig;
import dev.lora4j.diffusion.train.VaeTrainer;
import dev.lora4j.diffusion.unet.UNetConfig;
import dev.lora4j.diffusion.vae.VaeConfig;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * A run that makes a base model from atlases of pictures, with all of its settings: first the
 * autoencoder, then text encoder and denoiser together, then the scores.
 *
 * @param values where they come from
 * @param data folder of atlases ({@link dev.lora4j.diffusion.dataset.Atlas})
 * @param work folder for all that is made; the model is in {@code base} within it
 * @param precision what networks compute in
 * @param stored type of the weights in the files
 * @param checkpointMinutes time between checkpoints
 */
public record BaseRun(
    RunValues values,
    Path data,
    Path work,
    long seed,
    DType precision,
    DType stored,
    double checkpointMinutes,
    Autoencoder autoencoder,
    Denoiser denoiser,
    CaptionShares captions,
    Scoring scoring) {

  /**
   * The first stage.
   *
   * @param config sizes, with latents as they come
   */
  public record Autoencoder(StageSettings stage, VaeConfig config, VaeTrainer.Loss loss) {}

  /**
   * The second stage.
   *
   * @param gamma cap of the signal-to-noise ratio in the weights of the loss; 0 for equal weights
   * @param configs folder of configurations in the layout of diffusers, whose denoiser, text
   *     encoders and schedule stand for {@code text}, {@code unet} and {@code scheduler}
   */
  public record Denoiser(
      StageSettings stage,
      ClipTextConfig text,
      UNetConfig unet,
      SchedulerConfig scheduler,
      double gamma,
      Optional<Path> configs) {}

  /**
   * Shares of caption wordings: without text, with an article, with keywords, with the style's
   * name.
   */
  public record CaptionShares(double none, double article, double keywords, double style) {}

  /**
   * Pictures that the finished model is judged by.
   *
   * @param concepts how many are drawn; 0 for no scores
   * @param style what the prompts name; none if empty
   * @param steps of the sampler
   */
  public record Scoring(
      int concepts, Optional<String> style, int steps, OptionalDouble guidance, long seed) {}

  /**
   * The run that a file describes.
   *
   * @param over texts by key that win over the file's
   * @throws RunProblems with all that is wrong
   */
  public static BaseRun read(Path file, Map<String, String> over) {
    RunValues values = BaseFile.read(file, over);
    List<String> problems = new ArrayList<>();
    for (RunKey<String> key : List.of(BaseKeys.DATA, BaseKeys.WORK)) {
      if (values.find(key).isEmpty()) {
        problems.add(key.name() + " is not set: " + key.help().toLowerCase(Locale.ROOT) + ".");
      }
    }
    problems.addAll(BaseRunChecks.problems(values));
    if (!problems.isEmpty()) {
      throw new RunProblems(problems);
    }
    return new BaseRun(
        values,
        Path.of(values.get(BaseKeys.DATA)),
        Path.of(values.get(BaseKeys.WORK)),
        values.get(BaseKeys.SEED),
        type(values.get(BaseKeys.PRECISION)),
        type(values.get(BaseKeys.STORED)),
        values.get(BaseKeys.CHECKPOINT),
        new Autoencoder(
            BaseKeys.VAE.settings(values),
            BaseNetworks.vae(values),
            new VaeTrainer.Loss(
                values.get(BaseKeys.VAE_SLOPES),
                values.get(BaseKeys.VAE_DIVERGENCE),
                values.get(BaseKeys.VAE_MIRRORED))),
        new Denoiser(
            BaseKeys.DENOISER.settings(values),
            BaseNetworks.text(values),
            BaseNetworks.unet(values),
            BaseNetworks.scheduler(values),
            values.get(BaseKeys.GAMMA),
            values.find(BaseKeys.CONFIGS).map(Path::of)),
        new CaptionShares(
            values.get(BaseKeys.CAPTION_NONE),
            values.get(BaseKeys.CAPTION_ARTICLE),
            values.get(BaseKeys.CAPTION_KEYWORDS),
            values.get(BaseKeys.CAPTION_STYLE)),
        new Scoring(
            values.get(BaseKeys.SCORE_CONCEPTS),
            values.find(BaseKeys.SCORE_STYLE),
            values.get(BaseKeys.SCORE_STEPS),
            OptionalDouble.of(values.get(BaseKeys.SCORE_GUIDANCE)),
            values.get(BaseKeys.SCORE_SEED)));
  }

  private static DType type(String name) {
    return DType.valueOf(name.toUpperCase(Locale.ROOT));
  }

  /** The folder of the model, in the layout of diffusers. */
  public Path folder() {
    return work.resolve("base");
  }

  /** All settings as a file that gives the same run again. */
  public String toml() {
    List<RunKey<?>> keys = new ArrayList<>(BaseKeys.ALL);
    if (denoiser.configs().isPresent()) {
      keys.removeAll(BaseKeys.INSTEAD_OF_CONFIGS);
    }
    return ResolvedRun.keys(values, keys, "").toString();
  }

  /**
   * Differences from the run that a folder was begun with. Where data lies, budgets, checkpoints
   * and scores may change during the run.
   *
   * @return a sentence for each key
   */
  public List<String> differences(BaseRun begun) {
    List<String> differences = new ArrayList<>();
    for (RunKey<?> key : BaseKeys.ALL) {
      boolean free =
          key.table().equals("score")
              || List.of("minutes", "steps", "data", "work", "checkpoint_minutes")
                  .contains(key.leaf());
      Object before = begun.value(key);
      Object now = value(key);
      if (!free && !before.equals(now)) {
        differences.add(key.name() + " was " + before + " and is " + now);
      }
    }
    return differences;
  }

  /**
   * A value in a form that can be compared; a path on the command line is relative to the current
   * folder.
   */
  private Object value(RunKey<?> key) {
    Optional<Object> value = values.find(key).map(Object.class::cast);
    return key.type().equals(KeyType.PATH)
        ? value
            .<Object>map(v -> Path.of(String.valueOf(v)).toAbsolutePath().normalize())
            .orElse("not set")
        : value.orElse("not set");
  }
}
