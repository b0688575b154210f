package dev.lora4j.diffusion.config.aitoolkit;

import dev.lora4j.diffusion.config.RunFormat;
import dev.lora4j.diffusion.config.RunKeys;
import dev.lora4j.diffusion.config.SettingLayers;
import dev.lora4j.diffusion.config.yaml.YamlFile;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Configurations of ostris' ai-toolkit for its trainers {@code sd_trainer}, {@code
 * diffusion_trainer} and {@code ui_trainer}, in YAML or JSON.
 */
public final class AiToolkitFormat implements RunFormat {
  private static final IgnoredKeys OF_PROCESS =
      new IgnoredKeys()
          .needless(
              "--device says where it trains, and a card is taken if there is one",
              "device=cuda|cuda:0|cpu|mps")
          .needless("a run's log is in its folder", "log_dir", "performance_log_every=10")
          .needless("there is no data base of runs", "sqlite_db_path=./aitk_db.db")
          .needless("nothing is profiled", "torch_profiler")
          .needless("the previews at step 0 are as all others", "first_sample")
          .missed(
              "textual inversions are not trained; remove it, and train an adapter", "embedding")
          .missed("adapters of other kinds than network's are not trained; remove it", "adapter")
          .missed("tokens are not trained; remove it", "decorator")
          .missed("pictures are learned without guidance; remove it", "guidance")
          .missed("./lora4j extract makes an adapter of a difference; remove it", "do_lorm")
          .needless("do_lorm is not done", "lorm_extract_mode", "lorm_extract_mode_param");

  /** For whoever reads run files. */
  public AiToolkitFormat() {}

  @Override
  public boolean reads(String file) {
    String name = file.toLowerCase(Locale.ROOT);
    return name.endsWith(".yaml") || name.endsWith(".yml") || name.endsWith(".json");
  }

  @Override
  public void read(String text, String name, Path folder, SettingLayers layers) {
    ToolkitJob job = new ToolkitJob(YamlFile.read(text, name), layers);
    Optional<Section> found = job.process();
    if (found.isEmpty()) {
      return;
    }
    Section process = found.get();
    Section model = process.section("model");
    Optional<Architecture> architecture = ModelSection.architecture(model);
    if (architecture.isEmpty()) {
      return;
    }
    ToolkitSettings settings = new ToolkitSettings(layers, folder, architecture.get());
    Section train = process.section("train");
    new ModelSection(settings, model).read();
    new NetworkSection(settings, process, train).read();
    new TrainSection(settings, train).read();
    new TimestepSection(settings, train).read();
    new OptimizerSection(settings, train).read();
    new DatasetSection(settings, process).read();
    new SaveSection(settings, process.section("save")).read(TrainSection.perStep(train));
    new SampleSection(settings, process.section("sample"), train)
        .read(process.text("trigger_word"));
    train.finish(TrainIgnored.KEYS);
    process.section("logging").finish(SaveSection.LOGGING);
    place(settings, process, job);
    process.finish(OF_PROCESS);
    settings.tell(name);
  }

  private static void place(ToolkitSettings settings, Section process, ToolkitJob job) {
    String name = process.text("name").orElse(job.name());
    String folder = process.text("training_folder").or(job::folder).orElse("");
    Path file = settings.path(folder).resolve(name).resolve(name + ".safetensors");
    settings.set(RunKeys.OUT, file.toString(), process.origin("training_folder"));
    settings.set(RunKeys.NAME, name, process.origin("name"));
    process
        .whole("training_seed")
        .or(job::seed)
        .ifPresent(seed -> settings.set(RunKeys.SEED, seed, process.origin("training_seed")));
    process
        .text("trigger_word")
        .ifPresent(
            word -> settings.set(RunKeys.TRIGGERS, List.of(word), process.origin("trigger_word")));
  }
}
