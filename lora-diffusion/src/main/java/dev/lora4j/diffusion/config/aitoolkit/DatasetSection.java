package dev.lora4j.diffusion.config.aitoolkit;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The pictures of a configuration: a data set for each resolution of each folder. */
final class DatasetSection {
  private static final int RESOLUTION = 512;
  private static final int STEP = 64;
  private static final List<String> CONTROLS =
      List.of("control_path", "control_path_1", "control_path_2", "control_path_3");

  private final ToolkitSettings settings;
  private final Section process;
  private final List<Map<String, Object>> tables = new ArrayList<>();

  DatasetSection(ToolkitSettings settings, Section process) {
    this.settings = settings;
    this.process = process;
  }

  void read() {
    List<Section> datasets = process.sections("datasets");
    if (datasets.isEmpty()) {
      process.problem("datasets", "is missing; it names the folders with pictures.");
      return;
    }
    process.text("trigger_word").ifPresent(word -> settings.layers().data("trigger", word));
    datasets.forEach(this::dataset);
    settings.layers().data("datasets", tables);
  }

  private void dataset(Section set) {
    Map<String, Object> source = source(set);
    boolean square = set.yes("square_crop");
    boolean buckets = set.flag("buckets").orElse(true) && !square;
    long step = set.whole("bucket_tolerance").orElse((long) STEP);
    Optional<Long> batch = set.whole("batch_size");
    for (long resolution : resolutions(set)) {
      Map<String, Object> table = new LinkedHashMap<>();
      table.put("resolution", resolution);
      table.put("enable_bucket", buckets);
      if (buckets) {
        table.put("bucket_reso_steps", step);
        table.put("bucket_no_upscale", true);
      }
      batch.ifPresent(n -> table.put("batch_size", n));
      table.put("subsets", List.of(source));
      tables.add(table);
    }
    set.finish(DatasetIgnored.KEYS);
  }

  private List<Long> resolutions(Section set) {
    List<Long> all = new ArrayList<>();
    for (String one : set.texts("resolution")) {
      if (one.matches("\\d{1,5}")) {
        all.add(Long.parseLong(one));
      } else {
        set.problem(
            "resolution", "takes a number of pixels or a list of these, found " + one + ".");
      }
    }
    return all.isEmpty() ? List.of((long) RESOLUTION) : all;
  }

  private Map<String, Object> source(Section set) {
    Map<String, Object> source = new LinkedHashMap<>();
    Optional<String> folder = set.text("folder_path").or(() -> set.text("dataset_path"));
    set.value("dataset_path");
    if (folder.isEmpty()) {
      set.problem("folder_path", "is missing; it names a folder with pictures.");
    } else if (folder.get().endsWith(".json")) {
      set.problem(
          set.says("folder_path") ? "folder_path" : "dataset_path",
          "is a list of captions; name the folder of the pictures, or say the list as metadata_file"
              + " in a run file of lora4j.");
    }
    folder.ifPresent(path -> source.put("image_dir", settings.path(path).toString()));
    set.whole("num_repeats").ifPresent(n -> source.put("num_repeats", n));
    Optional<String> ending = set.text("caption_type").or(() -> set.text("caption_ext"));
    set.value("caption_ext");
    source.put(
        "caption_extension", ending.map(e -> e.startsWith(".") ? e : "." + e).orElse(".txt"));
    source.put("caption_sources", List.of("text", "class_tokens"));
    set.text("default_caption").ifPresent(caption -> source.put("class_tokens", caption));
    captions(set, source);
    pictures(set, source);
    return source;
  }

  private void captions(Section set, Map<String, Object> source) {
    Optional<Double> dropped = set.number("caption_dropout_rate").filter(x -> x > 0);
    dropped.ifPresent(share -> source.put("caption_dropout_rate", share));
    boolean shuffled = set.yes("shuffle_tokens");
    if (shuffled) {
      source.put("shuffle_caption", true);
    }
    Optional<Double> tags = set.number("token_dropout_rate").filter(x -> x > 0);
    tags.ifPresent(share -> source.put("caption_tag_dropout_rate", share));
    Optional<Long> kept = set.whole("keep_tokens").filter(n -> n > 0);
    if (kept.isPresent() && tags.isPresent()) {
      source.put("keep_tokens", kept.get());
      if (shuffled) {
        set.note("keep_tokens", "keeps their places too, which ai-toolkit shuffles.");
      }
    } else if (kept.isPresent()) {
      set.note("keep_tokens", "has no effect without token_dropout_rate, as in ai-toolkit.");
    }
    set.text("trigger_word").ifPresent(word -> source.put("trigger", word));
    if (dropped.isPresent() && process.says("trigger_word")) {
      set.note(
          "caption_dropout_rate", "leaves captions empty; ai-toolkit leaves the trigger in them.");
    }
  }

  private void references(Section set, Map<String, Object> source) {
    List<String> all = new ArrayList<>();
    for (String key : CONTROLS) {
      List<String> folders = set.texts(key).stream().filter(path -> !path.isBlank()).toList();
      if (!folders.isEmpty() && !refers()) {
        set.problem(
            key,
            "is for bases that see reference pictures, flux_kontext and flux2_klein; remove it.");
      }
      folders.forEach(path -> all.add(settings.path(path).toString()));
    }
    boolean whole = set.flag("full_size_control_images").orElse(true);
    if (!all.isEmpty()) {
      source.put("reference_dir", all);
      if (whole) {
        set.note(
            "control_path",
            "takes pictures in the size of those trained on; ai-toolkit keeps theirs"
                + " (full_size_control_images).");
      }
    }
  }

  /** True if ai-toolkit itself shows the base reference pictures. */
  private boolean refers() {
    return settings.architecture() == Architecture.FLUX2
        || process.section("model").text("arch").orElse("").startsWith("flux_kontext");
  }

  private void pictures(Section set, Map<String, Object> source) {
    if (set.yes("is_reg")) {
      source.put("is_reg", true);
      set.note(
          "is_reg",
          "mixes these pictures with the others; ai-toolkit takes them in every second step.");
    }
    if (set.yes("flip_x")) {
      source.put("flip_aug", true);
      set.note("flip_x", "flips at random; ai-toolkit has each picture twice.");
    }
    if (set.yes("random_crop")) {
      source.put("random_crop", true);
    }
    references(set, source);
    boolean alpha = set.yes("alpha_mask");
    if (alpha) {
      source.put("alpha_mask", true);
    }
    Optional<String> masks = set.text("mask_path");
    masks.ifPresent(path -> source.put("conditioning_data_dir", settings.path(path).toString()));
    Optional<Double> least = set.number("mask_min_value").filter(x -> x > 0);
    boolean inverted = set.yes("invert_mask");
    if (alpha || masks.isPresent()) {
      least.ifPresent(
          x ->
              set.problem(
                  "mask_min_value", "is not done here: black counts nothing; set it to 0."));
      if (inverted) {
        set.problem("invert_mask", "is not done here: invert the pictures of the masks.");
      }
    }
  }
}
