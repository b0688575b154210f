package dev.lora4j.cli.adapter;

import dev.lora4j.cli.console.Json;
import dev.lora4j.cli.file.ExistingPath;
import dev.lora4j.cli.model.TensorTotals;
import dev.lora4j.core.format.metadata.FileHashes;
import dev.lora4j.core.format.metadata.KohyaHashes;
import dev.lora4j.core.format.reading.AdapterFiles;
import dev.lora4j.core.safetensors.TensorInfo;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Adapter on disk: a file, or a file for each model that it changes. */
final class OpenAdapter implements AutoCloseable {
  private static final String PEFT_TENSORS = "adapter_model.safetensors";

  private final Path path;

  /** Reports by the prefix of the file's keys: an empty one where it is one file. */
  private final Map<String, FileReport> files;

  private OpenAdapter(Path path, Map<String, FileReport> files) {
    this.path = path;
    this.files = files;
  }

  /** Opens a file, a folder as PEFT saves it, or a folder of such folders. */
  static OpenAdapter open(Path path) {
    Map<String, Path> parts = new LinkedHashMap<>();
    AdapterFiles.models(path)
        .forEach(model -> parts.put(model + ".", path.resolve(model).resolve(PEFT_TENSORS)));
    if (parts.isEmpty()) {
      parts.put("", Files.isDirectory(path) ? AdapterFiles.tensors(path) : path);
    }
    OpenAdapter opened = new OpenAdapter(path, new LinkedHashMap<>());
    try {
      parts.forEach(
          (prefix, part) -> opened.files.put(prefix, FileReport.open(ExistingPath.file(part))));
      return opened;
    } catch (RuntimeException e) {
      opened.close();
      throw e;
    }
  }

  /** File or folder that was opened. */
  Path path() {
    return path;
  }

  /** The first file, or the only one. */
  FileReport first() {
    return files.values().iterator().next();
  }

  TensorTotals totals() {
    List<TensorInfo> all = new ArrayList<>();
    files.values().forEach(file -> all.addAll(file.store().tensors().values()));
    return new TensorTotals(all);
  }

  /** The strings in all headers. */
  Map<String, String> metadata() {
    Map<String, String> all = new TreeMap<>();
    files.values().forEach(file -> all.putAll(file.store().metadata()));
    return all;
  }

  /** Hashes, for people. */
  List<String> hashes() {
    List<String> lines = new ArrayList<>();
    files.forEach(
        (prefix, file) -> {
          FileHashes hashes = FileHashes.of(file.single());
          String of = prefix.isEmpty() ? "the file" : path.relativize(file.path()).toString();
          lines.add("SHA-256 of " + of + " " + hashes.sha256());
          lines.add("SHA-256 of its tensors (AutoV3) " + hashes.autoV3());
        });
    return lines;
  }

  /**
   * The same for programs. Several files have their hashes in {@code files}, by model; their
   * tensors are together, each with the model's name in front.
   */
  Json json() {
    if (files.size() == 1 && files.containsKey("")) {
      return hashed(first(), first().json());
    }
    Map<String, Object> each = new LinkedHashMap<>();
    Map<String, Object> tensors = new LinkedHashMap<>();
    List<String> warnings = new ArrayList<>();
    files.forEach(
        (prefix, file) -> {
          Json one =
              new Json()
                  .put("file", file.path().toString())
                  .put("sha256", FileHashes.sha256(file.path()));
          each.put(prefix.substring(0, prefix.length() - 1), hashed(file, one).fields());
          file.tensors().forEach((name, tensor) -> tensors.put(prefix + name, tensor));
          warnings.addAll(file.store().warnings());
        });
    return new Json()
        .put("file", path.toString())
        .put("files", each)
        .put("totals", totals().json())
        .put("warnings", warnings)
        .put("metadata", metadata())
        .put("tensors", tensors);
  }

  private static Json hashed(FileReport file, Json into) {
    return into.put("sshs_model_hash", KohyaHashes.of(file.store()).model())
        .put("autov3", FileHashes.of(file.single()).autoV3());
  }

  @Override
  public void close() {
    files.values().forEach(FileReport::close);
  }
}
