package dev.lora4j.diffusion.config.aitoolkit;

import dev.lora4j.diffusion.config.RunKeys;
import java.util.Optional;

/** Files that a configuration writes on the way, and their type. */
final class SaveSection {
  private static final int EVERY = 1000;

  /** Keys of {@code logging}. */
  static final IgnoredKeys LOGGING =
      new IgnoredKeys()
          .needless("every step is logged", "log_every=1|100")
          .needless("logging.trackers says what is written", "verbose", "use_wandb")
          .needless("logging.trackers says what is written", "project_name=ai-toolkit", "run_name")
          .needless("./lora4j studio shows runs", "use_ui_logger=true");

  private static final IgnoredKeys IGNORED =
      new IgnoredKeys()
          .needless(
              "all adapters that are written on the way stay; save.keep counts checkpoints",
              "max_step_saves_to_keep")
          .needless(
              "adapters are always written as safetensors", "save_format=safetensors|diffusers")
          .needless("nothing is sent anywhere", "push_to_hub", "hf_repo_id", "hf_private=true");

  private final ToolkitSettings settings;
  private final Section save;

  SaveSection(ToolkitSettings settings, Section save) {
    this.settings = settings;
    this.save = save;
  }

  void read(long perStep) {
    Optional<String> said = save.text("dtype");
    Optional<String> type = said.flatMap(TrainSection::type);
    if (said.isPresent() && type.isEmpty()) {
      save.problem("dtype", "is " + said.get() + "; expected float16, bf16 or float32.");
    } else {
      settings.set(RunKeys.STORED, type, "f16", save.origin("dtype"));
    }
    Optional<Long> every = save.whole("save_every");
    if (every.orElse(1L) > 0) {
      settings.set(
          RunKeys.ADAPTERS,
          every.map(n -> Math.max(1, n / perStep)),
          (int) Math.max(1, EVERY / perStep),
          save.origin("save_every"));
    }
    save.finish(IGNORED);
  }
}
