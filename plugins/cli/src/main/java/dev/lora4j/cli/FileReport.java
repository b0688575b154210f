package dev.lora4j.cli;

import dev.lora4j.core.safetensors.Safetensors;
import dev.lora4j.core.safetensors.ShardedSafetensors;
import dev.lora4j.core.safetensors.TensorInfo;
import dev.lora4j.core.safetensors.TensorStore;
import dev.lora4j.core.safetensors.Tolerance;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** What one safetensors file says of itself. */
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
            ? ShardedSafetensors.open(path, EnumSet.allOf(Tolerance.class))
            : Safetensors.openLenient(path);
    return new FileReport(path, store);
  }

  TensorStore store() {
    return store;
  }

  FileKind kind() {
    return kind;
  }

  /** For people; {@code all} lists every layer or tensor. */
  List<String> lines(boolean all) {
    List<String> lines = new ArrayList<>();
    lines.add(path + ": " + kind.text());
    lines.add("  " + new TensorTotals(store.tensors().values()).text());
    lines.add("  SHA-256 of the file " + hash());
    store.warnings().forEach(w -> lines.add("  Warning: " + Printable.of(w, 4 * WIDTH)));
    if (!store.metadata().isEmpty()) {
      lines.add("Metadata:");
      lines.addAll(TrainingMetadata.lines(store.metadata()));
    }
    List<String> rows = kind.adapter() ? layers(lines) : tensors(lines);
    int shown = all ? rows.size() : Math.min(SHOWN, rows.size());
    rows.subList(0, shown).forEach(row -> lines.add("  " + Printable.of(row, WIDTH)));
    if (shown < rows.size()) {
      lines.add("  and " + (rows.size() - shown) + " more; --all lists them.");
    }
    return lines;
  }

  private List<String> layers(List<String> lines) {
    List<AdapterLayer> layers = AdapterLayer.of(store);
    Map<String, Long> sizes =
        layers.stream()
            .collect(
                Collectors.groupingBy(AdapterLayer::sizes, TreeMap::new, Collectors.counting()));
    lines.add(layers.size() + " layers:");
    sizes.forEach((text, count) -> lines.add("  " + count + " of " + text));
    lines.add("Each:");
    return layers.stream().map(l -> l.name() + "  " + l.sizes()).toList();
  }

  private List<String> tensors(List<String> lines) {
    lines.add("Tensors:");
    return store.tensors().values().stream()
        .map(t -> t.name() + "  " + t.dtype() + " " + t.shape())
        .toList();
  }

  /** The same for programs. */
  Json json() {
    List<Object> layers = new ArrayList<>();
    for (AdapterLayer layer : kind.adapter() ? AdapterLayer.of(store) : List.<AdapterLayer>of()) {
      Json one = new Json().put("name", layer.name()).put("rank", layer.rank());
      layer.alpha().ifPresent(a -> one.put("alpha", Double.isFinite(a) ? a : Double.toString(a)));
      layers.add(one.fields());
    }
    Map<String, Object> tensors = new LinkedHashMap<>();
    for (TensorInfo info : store.tensors().values()) {
      tensors.put(
          info.name(), Map.of("dtype", info.dtype().toString(), "shape", info.shape().sizes()));
    }
    return new Json()
        .put("file", path.toString())
        .put("kind", kind.text())
        .put("adapter", kind.adapter())
        .put("sha256", hash())
        .put("totals", new TensorTotals(store.tensors().values()).json())
        .put("warnings", store.warnings())
        .put("metadata", store.metadata())
        .put("layers", layers)
        .put("tensors", tensors);
  }

  private String hash() {
    try (InputStream in = Files.newInputStream(path)) {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      byte[] chunk = new byte[1 << 20];
      for (int n = in.read(chunk); n >= 0; n = in.read(chunk)) {
        digest.update(chunk, 0, n);
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  @Override
  public void close() {
    store.close();
  }
}
