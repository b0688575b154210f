package dev.lora4j.cli.adapter;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import dev.lora4j.cli.console.Failure;
import dev.lora4j.cli.console.Json;
import dev.lora4j.cli.console.Printable;
import dev.lora4j.cli.model.TensorTotals;
import dev.lora4j.core.format.checkpoint.WeightFile;
import dev.lora4j.core.model.ConfigFile;
import dev.lora4j.core.model.ModelException;
import dev.lora4j.core.model.QuantisationConfig;
import dev.lora4j.core.safetensors.RegularFile;
import dev.lora4j.core.safetensors.TensorStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Report of a model folder in the layout of diffusers or transformers. */
final class ModelReport {
  private static final int WIDTH = 60;

  /** Keys of each part's configuration that the report shows. */
  private static final List<String> KEYS =
      List.of(
          "_class_name",
          "sample_size",
          "block_out_channels",
          "layers_per_block",
          "cross_attention_dim",
          "latent_channels",
          "scaling_factor",
          "hidden_size",
          "num_hidden_layers",
          "vocab_size",
          "prediction_type",
          "beta_schedule",
          "num_train_timesteps");

  /** One part: its configuration, and the totals of each of its weight files. */
  private record Part(
      String name,
      Map<String, String> config,
      Map<String, TensorTotals> files,
      Optional<String> unreadable) {}

  private final Path folder;
  private final List<Part> parts = new ArrayList<>();
  private Optional<BaseReport> base = Optional.empty();

  private ModelReport(Path folder) {
    this.folder = folder;
  }

  /** Reads a folder. */
  static ModelReport of(Path folder) {
    ModelReport report = new ModelReport(folder);
    if (WeightFile.in(folder).isPresent()) {
      report.parts.add(part(folder));
    }
    for (Path part : list(folder)) {
      if (Files.isDirectory(part)) {
        report.parts.add(part(part));
      }
    }
    boolean nothing = report.parts.stream().allMatch(p -> p.files.isEmpty());
    if (nothing) {
      throw new Failure(
          folder
              + " is no model folder: neither it nor a folder in it holds a model in safetensors. To inspect one"
              + " file, name it.");
    }
    report.base = BaseReport.of(folder);
    return report;
  }

  private static Part part(Path folder) {
    Map<String, TensorTotals> files = new LinkedHashMap<>();
    Map<String, String> config = new LinkedHashMap<>();
    Optional<String> unreadable = Optional.empty();
    for (Path file : list(folder)) {
      String name = String.valueOf(file.getFileName());
      if (name.endsWith(".safetensors")) {
        try (TensorStore store = TensorStore.open(file)) {
          files.put(name, new TensorTotals(store.tensors().values()));
        }
      } else if (name.equals("config.json") || name.equals("scheduler_config.json")) {
        config.putAll(config(file));
        unreadable = unreadable(file);
      }
    }
    return new Part(String.valueOf(folder.getFileName()), config, files, unreadable);
  }

  /** The reason why weights cannot be used, by the configuration; empty if there is none. */
  private static Optional<String> unreadable(Path config) {
    try {
      QuantisationConfig.require(ConfigFile.read(config));
      return Optional.empty();
    } catch (ModelException e) {
      return Optional.of(String.valueOf(e.getMessage()));
    }
  }

  private static Map<String, String> config(Path file) {
    Map<String, String> found = new LinkedHashMap<>();
    try {
      JsonElement parsed = JsonParser.parseString(RegularFile.text(file, RegularFile.TEXT));
      JsonObject object = parsed.isJsonObject() ? parsed.getAsJsonObject() : new JsonObject();
      for (String key : KEYS) {
        Optional.ofNullable(object.get(key))
            .filter(v -> !v.isJsonNull())
            .ifPresent(v -> found.put(key, v.toString().replace("\"", "")));
      }
      return found;
    } catch (JsonParseException e) {
      throw new Failure(file + " is not valid JSON.", e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<Path> list(Path folder) {
    try (Stream<Path> entries = Files.list(folder)) {
      return entries.sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Text for people. */
  List<String> lines() {
    List<String> lines = new ArrayList<>();
    lines.add(folder + ": model folder");
    base.ifPresent(b -> lines.addAll(b.lines()));
    for (Part part : parts) {
      lines.add(part.name + ":");
      part.config.forEach(
          (key, value) ->
              lines.add("  " + key.replaceFirst("^_", "") + ": " + Printable.of(value, WIDTH)));
      part.files.forEach((file, totals) -> lines.add("  " + file + ": " + totals.text()));
      part.unreadable.ifPresent(why -> lines.add("  Cannot be used as it is: " + why));
    }
    return lines;
  }

  /** The same for programs. */
  Json json() {
    Map<String, Object> all = new LinkedHashMap<>();
    for (Part part : parts) {
      Map<String, Object> files = new LinkedHashMap<>();
      part.files.forEach((file, totals) -> files.put(file, totals.json()));
      Json one = new Json().put("config", part.config).put("files", files);
      part.unreadable.ifPresent(why -> one.put("unreadable", why));
      all.put(part.name, one.fields());
    }
    Json json = new Json().put("file", folder.toString()).put("kind", "model folder");
    base.ifPresent(b -> json.put("base", b.json()));
    return json.put("parts", all);
  }
}
