package dev.lora4j.diffusion.config.aitoolkit;

import dev.lora4j.diffusion.config.SettingLayers;
import dev.lora4j.diffusion.config.yaml.YamlTable;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** The job of a configuration: what kind it is, and the one process that trains an adapter. */
final class ToolkitJob {
  private static final Set<String> TRAINERS =
      Set.of("sd_trainer", "diffusion_trainer", "ui_trainer");

  /** Commands for jobs that train nothing. */
  private static final Map<String, String> COMMANDS =
      Map.of(
          "extract", "./lora4j extract makes an adapter of the difference of two models",
          "generate", "./lora4j generate makes pictures",
          "mod", "./lora4j merge and resize change adapters",
          "merge", "./lora4j merge joins adapters");

  /** Types of processes that are for other things than adapters of pictures. */
  private static final Map<String, String> OTHERS =
      Map.of(
          "slider", "say learn = \"slider\" in a run file of lora4j (docs/training.md)",
          "concept_slider", "say learn = \"slider\" in a run file of lora4j (docs/training.md)",
          "ultimate_slider_trainer", "say learn = \"slider\" in a run file of lora4j",
          "image_reference_slider_trainer", "say learn = \"slider\" in a run file of lora4j",
          "textual_inversion_trainer", "textual inversions are not trained here");

  private static final Pattern VARIABLE = Pattern.compile("\\$\\{[^}]+}");

  private static final IgnoredKeys OF_ROOT = new IgnoredKeys();

  /** Keys of {@code meta}, which has any, that every file has. */
  private static final Set<String> USUAL_META = Set.of("name", "version");

  private static final IgnoredKeys OF_CONFIG =
      new IgnoredKeys()
          .needless("--device says where it trains", "device=cpu|cuda|cuda:0")
          .needless("a run's log is in its folder", "log_dir")
          .needless("the kind of a base is in model.arch", "is_v2")
          .needless("that of train counts", "gradient_accumulation_steps", "mixed_precision");

  private final SettingLayers layers;
  private final Section root;
  private final Section config;

  /** A job of a file. */
  ToolkitJob(YamlTable file, SettingLayers layers) {
    this.layers = layers;
    String name =
        file.table("config")
            .flatMap(config -> config.find("name"))
            .map(entry -> String.valueOf(entry.value()))
            .orElse("");
    root = new Section("file", replaced(file, name), layers);
    config = root.section("config");
  }

  /** Puts the name of the job in the place of {@code [name]}, as is done there. */
  private YamlTable replaced(YamlTable table, String name) {
    Map<String, YamlTable.Entry> entries = new LinkedHashMap<>();
    table
        .entries()
        .forEach(
            (key, entry) ->
                entries.put(
                    key,
                    new YamlTable.Entry(
                        key, replaced(entry.value(), name, entry.origin()), entry.origin())));
    return new YamlTable(table.origin(), entries);
  }

  private Object replaced(Object value, String name, String origin) {
    if (value instanceof YamlTable table) {
      return replaced(table, name);
    }
    if (value instanceof List<?> list) {
      return list.stream().map(one -> replaced(one, name, origin)).toList();
    }
    if (value instanceof String text && VARIABLE.matcher(text).find()) {
      layers.problem(
          origin
              + ": variables of the environment are not read; write the value instead of "
              + text);
    }
    return value instanceof String text ? text.replace("[name]", name) : value;
  }

  /** The name of the job. */
  String name() {
    Optional<String> name = config.text("name");
    if (name.isEmpty()) {
      config.problem("name", "is missing; it names the adapter.");
    }
    return name.orElse("adapter");
  }

  /** Folder of what is trained, of earlier configurations. */
  Optional<String> folder() {
    return config.text("training_folder");
  }

  /** Seed of earlier configurations. */
  Optional<Long> seed() {
    return config.whole("training_seed");
  }

  private void meta(Object value) {
    if (value instanceof YamlTable meta && !USUAL_META.containsAll(meta.entries().keySet())) {
      root.note("meta", "has no effect: the keys about in a run file are for the header.");
    }
  }

  /** The process, unless the job is none of training an adapter, which is a problem then. */
  Optional<Section> process() {
    String job = root.text("job").orElse("");
    if (!job.equals("extension") && !job.equals("train")) {
      root.problem(
          "job",
          (job.isEmpty() ? "is missing" : "is " + job)
              + "; expected extension, as configurations of ai-toolkit's trainers have"
              + (COMMANDS.containsKey(job) ? ". Instead, " + COMMANDS.get(job) : "")
              + ".");
      return Optional.empty();
    }
    List<Section> processes = config.sections("process");
    root.value("meta").ifPresent(this::meta);
    root.finish(OF_ROOT);
    // Taken where they are needed, later.
    config.value("name");
    config.value("training_folder");
    config.value("training_seed");
    config.finish(OF_CONFIG);
    if (processes.size() != 1) {
      config.problem(
          "process",
          "has "
              + processes.size()
              + " processes; a run here has one, so give each a file of its own.");
      return Optional.empty();
    }
    Section process = processes.get(0);
    String type = process.text("type").orElse("");
    if (!TRAINERS.contains(type)) {
      process.problem(
          "type",
          (type.isEmpty() ? "is missing" : "is " + type)
              + "; expected sd_trainer, diffusion_trainer or ui_trainer"
              + (OTHERS.containsKey(type) ? "; " + OTHERS.get(type) : "")
              + ".");
      return Optional.empty();
    }
    return Optional.of(process);
  }
}
