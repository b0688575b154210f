package dev.lora4j.diffusion.base;

import dev.lora4j.core.model.ConfigFields;
import dev.lora4j.core.model.ConfigFile;
import dev.lora4j.diffusion.sampling.DefaultSampler;
import dev.lora4j.diffusion.sampling.Sampler;
import dev.lora4j.diffusion.sampling.Samplers;
import dev.lora4j.diffusion.sampling.SchedulerConfig.Prediction;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/**
 * Sampler and guidance scale of a base, for pictures whose prompt names none.
 *
 * @param notes for the user, as sentences: what the base asks for and is not here
 */
public record GenerationDefaults(Sampler sampler, double guidance, List<String> notes) {
  /** Name of the file in a base's folder that states its guidance scale, as of language models. */
  static final String FILE = "generation_config.json";

  static final String GUIDANCE = "guidance_scale";

  /** Name of diffusers' argument of pipelines, which a base states where its own differs. */
  static final String TEXT_TOKENS = "max_sequence_length";

  private static final double MOST = 1000;
  private static final int MOST_TOKENS = 1 << 20;

  private static final ConfigFields FIELDS =
      ConfigFields.none()
          .used(GUIDANCE, TEXT_TOKENS)
          .idle("it says who wrote the file", "transformers_version", "_from_model_config");

  /** Copies the list. */
  public GenerationDefaults {
    notes = List.copyOf(notes);
  }

  /**
   * Defaults of a model.
   *
   * @throws dev.lora4j.core.model.ModelException if its file of defaults cannot be understood
   */
  static GenerationDefaults of(Path path, LoadOptions options, ModelConfigs configs) {
    DefaultSampler own = DefaultSampler.of(configs.schedule(), published(configs));
    List<String> notes = new ArrayList<>(own.note().stream().toList());
    Path folder = options.configs().orElse(path);
    Path file = folder.resolve(FILE);
    double guidance = DiffusersConfigs.distilled(folder) ? 1 : configs.unet().guidance();
    if (Files.exists(file)) {
      ConfigFile json = ConfigFile.read(file);
      FIELDS.require(json);
      guidance = json.between(GUIDANCE, 0, MOST, guidance);
      List<String> unknown = FIELDS.unknown(json);
      if (!unknown.isEmpty()) {
        notes.add(file + ": not known, and left out: " + String.join(", ", unknown) + ".");
      }
    }
    return new GenerationDefaults(own.sampler(), guidance, notes);
  }

  /**
   * Most tokens of the text encoders that take a stated number of them.
   *
   * @return empty if no file states it
   */
  static OptionalInt textTokens(Path folder) {
    Path file = folder.resolve(FILE);
    if (Files.notExists(file)) {
      return OptionalInt.empty();
    }
    ConfigFile json = ConfigFile.read(file);
    return json.has(TEXT_TOKENS)
        ? OptionalInt.of(json.within(TEXT_TOKENS, 0, MOST_TOKENS))
        : OptionalInt.empty();
  }

  /** Sampler of the scripts that the model was published with, where no file names a scheduler. */
  private static Sampler published(ModelConfigs configs) {
    boolean flow = configs.schedule().prediction() == Prediction.FLOW;
    return configs.xl() || flow ? Samplers.EULER : Samplers.DDIM;
  }
}
