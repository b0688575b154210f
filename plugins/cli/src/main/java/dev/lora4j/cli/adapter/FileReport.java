package dev.lora4j.cli.adapter;

import dev.lora4j.cli.console.Failure;
import dev.lora4j.cli.console.Json;
import dev.lora4j.cli.console.Printable;
import dev.lora4j.cli.model.TensorTotals;
import dev.lora4j.core.format.metadata.FileHashes;
import dev.lora4j.core.safetensors.Leniency;
import dev.lora4j.core.safetensors.Safetensors;
import dev.lora4j.core.safetensors.ShardedSafetensors;
import dev.lora4j.core.safetensors.TensorInfo;
import dev.lora4j.core.safetensors.TensorStore;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Report of one safetensors file, from its header. */
final class FileReport implements AutoCloseable {
  private static final int SHOWN = 20;
  private static final int WIDTH = 160;

  private final Path path;
  private final TensorStore store;
  private final FileKind kind;

  private FileReport(Path path, TensorStore store) {
    this.path = path;
    this.store = store;
    this.kind = FileKind.of(store.tensors().keySet());
  }

  /** Opens a file, or the shards of an index; harmless malformations become warnings. */
  static FileReport open(Path path) {
    TensorStore store =
        path.toString().endsWith(".json")
            ? ShardedSafetensors.open(path, EnumSet.allOf(Leniency.class))
            : Safetensors.openLenient(path);
    return new FileReport(path, store);
  }

  Path path() {
    return path;
  }

  /** The file, of those that are one. */
  Safetensors single() {
    if (store instanceof Safetensors file) {
      return file;
    }
    throw new Failure(path + " is in shards; adapters are single files.");
  }

  TensorStore store() {
    return store;
  }

  FileKind kind() {
    return kind;
  }

  /** The base that it is or is part of; empty if it is none, or one that names do not show. */
  private Optional<BaseReport> base() {
    return kind.adapter()
        ? Optional.empty()
        : BaseReport.of(path).filter(b -> b.known() || kind == FileKind.LANGUAGE_MODEL);
  }

  /** Text for people; {@code all} lists every layer or tensor. */
  List<String> lines(boolean all) {
    List<String> lines = new ArrayList<>();
    lines.add(path + ": " + kind.text());
    lines.add("  " + new TensorTotals(store.tensors().values()).text());
    lines.add("  SHA-256 of the file " + FileHashes.sha256(path));
    base().ifPresent(base -> lines.addAll(base.lines()));
    store.warnings().forEach(w -> lines.add("  Warning: " + Printable.of(w, 4 * WIDTH)));
    lines.addAll(TrainingMetadata.lines(store.metadata(), all));
    lines.add("Tensors:");
    List<String> rows =
        store.tensors().values().stream()
            .map(t -> t.name() + "  " + t.dtype() + " " + t.shape())
            .toList();
    int shown = all ? rows.size() : Math.min(SHOWN, rows.size());
    rows.subList(0, shown).forEach(row -> lines.add("  " + Printable.of(row, WIDTH)));
    if (shown < rows.size()) {
      lines.add("  and " + (rows.size() - shown) + " more; --all lists them.");
    }
    return lines;
  }

  /** Type and shape of each tensor, for programs. */
  Map<String, Object> tensors() {
    Map<String, Object> tensors = new LinkedHashMap<>();
    for (TensorInfo info : store.tensors().values()) {
      tensors.put(
          info.name(),
          new Json()
              .put("dtype", info.dtype().toString())
              .put("shape", info.shape().sizes())
              .fields());
    }
    return tensors;
  }

  /** The same for programs. */
  Json json() {
    Json json = new Json().put("file", path.toString());
    base().ifPresent(base -> json.put("base", base.json()));
    return json.put("kind", kind.text())
        .put("adapter", kind.adapter())
        .put("sha256", FileHashes.sha256(path))
        .put("totals", new TensorTotals(store.tensors().values()).json())
        .put("warnings", store.warnings())
        .put("metadata", store.metadata())
        .put("tensors", tensors());
  }

  @Override
  public void close() {
    store.close();
  }
}
