package dev.lora4j.cli.adapter;

import dev.lora4j.cli.console.Json;
import dev.lora4j.cli.console.Printable;
import dev.lora4j.cli.model.TensorTotals;
import dev.lora4j.core.format.metadata.FileHashes;
import dev.lora4j.core.format.reading.Examination;
import dev.lora4j.core.gguf.GgufFile;
import dev.lora4j.core.gguf.GgufTensor;
import dev.lora4j.core.gguf.GgufValue;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Report of an adapter in a GGUF file.
 *
 * @param found what it is for the base; absent where none is known
 */
record GgufAdapterReport(GgufFile file, Optional<Examination> found) {
  private static final int SHOWN = 20;
  private static final int WIDTH = 160;
  private static final String UP = ".lora_b";

  /** Returns true if a file says that it is an adapter. */
  static boolean adapter(GgufFile file) {
    return file.metadata().text("general.type").filter("adapter"::equals).isPresent();
  }

  /** Why it cannot be used, as sentences. */
  List<String> problems() {
    return found.map(Examination::problems).orElse(List.of());
  }

  private String text(String key) {
    return file.metadata().text(key).map(t -> Printable.of(t, WIDTH)).orElse("none");
  }

  /** Ranks with the number of layers that have them. */
  private Map<Long, Integer> ranks() {
    Map<Long, Integer> ranks = new TreeMap<>();
    for (GgufTensor tensor : file.tensors().values()) {
      int last = tensor.shape().rank() - 1;
      if (tensor.name().endsWith(UP) && last >= 0) {
        ranks.merge(tensor.shape().size(last), 1, Integer::sum);
      }
    }
    return ranks;
  }

  private String alpha() {
    return file.metadata().find("adapter.lora.alpha").map(GgufValue::described).orElse("none");
  }

  /** Text for people; {@code all} lists every key and tensor. */
  List<String> lines(boolean all) {
    List<String> lines = new ArrayList<>();
    lines.add(file.path() + ": LoRA adapter of llama.cpp, GGUF version " + file.version());
    lines.add("  SHA-256 of the file " + FileHashes.sha256(file.path()));
    lines.add("  " + totals());
    lines.add("  For a model of the architecture " + text("general.architecture"));
    lines.add("  Alpha " + alpha() + " of all layers; layers by rank " + ranks());
    if (found.isPresent()) {
      Examination examination = found.get();
      lines.add("  For the base " + examination.family().title());
      lines.add("  " + examination.account().summary());
      examination.warnings().forEach(w -> lines.add("  Warning: " + Printable.of(w, 4 * WIDTH)));
      List<String> ignored = new ArrayList<>();
      examination
          .account()
          .ignored()
          .forEach((key, reason) -> ignored.add(key + ": " + reason.text()));
      add(lines, ignored, all);
      examination.adapter().ifPresent(a -> lines.add("  Identity of the adapter " + a.identity()));
    } else {
      lines.add("  Name the base by --base to see which of its layers they are.");
    }
    lines.add("Metadata:");
    List<String> entries = new ArrayList<>();
    file.metadata().values().forEach((key, value) -> entries.add(key + ": " + value.described()));
    add(lines, entries, all);
    lines.add("Tensors:");
    add(
        lines,
        file.tensors().values().stream()
            .map(t -> t.name() + "  " + t.type() + " " + t.shape())
            .toList(),
        all);
    problems().forEach(p -> lines.add("Problem: " + Printable.line(p)));
    return lines;
  }

  private String totals() {
    long numbers = file.tensors().values().stream().mapToLong(GgufTensor::elements).sum();
    long bytes = file.tensors().values().stream().mapToLong(GgufTensor::length).sum();
    return file.tensors().size()
        + " tensors, "
        + TensorTotals.count(numbers)
        + " parameters, "
        + TensorTotals.size(bytes);
  }

  private static void add(List<String> lines, List<String> rows, boolean all) {
    int shown = all ? rows.size() : Math.min(SHOWN, rows.size());
    rows.subList(0, shown).forEach(row -> lines.add("  " + Printable.of(row, WIDTH)));
    if (shown < rows.size()) {
      lines.add("  and " + (rows.size() - shown) + " more; --all lists them.");
    }
  }

  /** The same for programs. */
  Json json() {
    Map<String, Object> ranks = new LinkedHashMap<>();
    ranks().forEach((rank, count) -> ranks.put(String.valueOf(rank), count));
    Json json =
        new Json()
            .put("file", file.path().toString())
            .put("kind", "LoRA adapter in GGUF")
            .put("adapter", true)
            .put("sha256", FileHashes.sha256(file.path()))
            .put("version", file.version())
            .put("architecture", file.metadata().text("general.architecture").orElse(""))
            .put("alpha", file.metadata().real("adapter.lora.alpha").orElse(0.0))
            .put("ranks", ranks);
    found.ifPresent(
        e ->
            json.put("base", e.family().title())
                .put("used", e.account().used())
                .put("converted", e.account().converted())
                .put("warnings", e.warnings())
                .put("identity", e.adapter().map(a -> a.identity()).orElse("")));
    return json.put("problems", problems()).put("tensors", GgufReport.tensors(file));
  }
}
