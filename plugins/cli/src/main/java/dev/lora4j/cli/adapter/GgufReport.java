package dev.lora4j.cli.adapter;

import dev.lora4j.cli.console.Json;
import dev.lora4j.cli.console.Printable;
import dev.lora4j.cli.model.TensorTotals;
import dev.lora4j.core.format.checkpoint.CheckpointException;
import dev.lora4j.core.format.metadata.FileHashes;
import dev.lora4j.core.gguf.GgufException;
import dev.lora4j.core.gguf.GgufFile;
import dev.lora4j.core.gguf.GgufTensor;
import dev.lora4j.core.gguf.GgufType;
import dev.lora4j.core.gguf.GgufValue;
import dev.lora4j.core.model.ModelException;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.diffusion.base.BaseContents;
import dev.lora4j.diffusion.base.BaseOutline;
import dev.lora4j.diffusion.base.LoadOptions;
import dev.lora4j.text.model.TextModelOutline;
import dev.lora4j.text.token.TextTokenizer;
import dev.lora4j.text.token.TokenizerException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Report of a GGUF file: its model, the types of its numbers, its tokeniser, what hinders its use.
 */
final class GgufReport {
  private static final int SHOWN = 20;
  private static final int WIDTH = 160;
  private static final String TOKENIZER = "tokenizer.ggml.";
  private static final String CHAT = "tokenizer.chat_template";

  /** Sizes of a model, below its architecture, and what they count. */
  private static final Map<String, String> SIZES = new LinkedHashMap<>();

  static {
    SIZES.put("block_count", "layers");
    SIZES.put("embedding_length", "wide");
    SIZES.put("attention.head_count", "heads");
    SIZES.put("context_length", "tokens at most");
  }

  private final GgufFile file;
  private final Map<GgufType, long[]> types = new EnumMap<>(GgufType.class);
  private final List<String> problems = new ArrayList<>();
  private final Optional<BaseContents> pictures;

  private GgufReport(GgufFile file) {
    this.file = file;
    this.pictures = BaseContents.of(file.tensors().keySet());
    for (GgufTensor tensor : file.tensors().values()) {
      long[] sums = types.computeIfAbsent(tensor.type(), t -> new long[3]);
      sums[0]++;
      sums[1] += tensor.elements();
      sums[2] += tensor.length();
    }
    if (file.tensors().isEmpty()) {
      problems.add(
          "It has no tensors, so it is no model but a vocabulary or an adapter's settings.");
    } else if (pictures.isPresent()) {
      if (pictures.get() == BaseContents.WHOLE) {
        tried(() -> BaseOutline.of(file.path(), LoadOptions.in(DType.F32)));
      }
      return;
    } else {
      tried(() -> TextModelOutline.network(file.path()));
    }
    tried(() -> TextTokenizer.load(file.path()).close());
  }

  /** Something that fails if the file cannot be used. */
  @FunctionalInterface
  private interface Trial {
    void run() throws IOException;
  }

  private void tried(Trial trial) {
    try {
      trial.run();
    } catch (ModelException | CheckpointException | GgufException | TokenizerException e) {
      problems.add(
          String.valueOf(e.getMessage()).replaceFirst("^\\Q" + file.path() + "\\E:? ", ""));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Reads a file.
   *
   * @throws GgufException if it is damaged
   */
  static GgufReport of(Path path) {
    return new GgufReport(GgufFile.open(path));
  }

  /** Why it is no base here, as sentences; none if it is one. */
  List<String> problems() {
    return List.copyOf(problems);
  }

  /** Text for people; {@code all} lists every tensor and entry of the metadata. */
  List<String> lines(boolean all) {
    List<String> lines = new ArrayList<>();
    lines.add(file.path() + ": GGUF file, version " + file.version());
    lines.add("  SHA-256 of the file " + FileHashes.sha256(file.path()));
    lines.add("Model: " + shown("general.architecture", "of no architecture") + named());
    lines.add("  " + sizes());
    lines.add("  " + totals());
    types.forEach((type, sums) -> lines.add("    " + row(type, sums)));
    pictures.ifPresentOrElse(
        contents -> lines.add("Use: " + use(contents)),
        () -> {
          lines.add("Tokenizer: " + tokenizer());
          lines.add("Chat template: " + template());
        });
    problems.forEach(p -> lines.add("Problem: " + Printable.line(p)));
    lines.addAll(details(all));
    return lines;
  }

  /** The kind of a file for pictures, and the option that takes it. */
  private static String use(BaseContents contents) {
    return switch (contents) {
      case WHOLE -> "a base of pictures; --base takes it";
      case DENOISER -> "a denoiser alone; --denoiser takes it, with all else of a --base";
    };
  }

  private String named() {
    return text("general.name").map(n -> ", called " + Printable.of(n, WIDTH)).orElse("");
  }

  private String sizes() {
    String at = text("general.architecture").orElse("") + ".";
    List<String> sizes = new ArrayList<>();
    SIZES.forEach(
        (key, what) ->
            file.metadata()
                .find(at + key)
                .ifPresent(v -> sizes.add(Printable.of(v.described(), WIDTH) + " " + what)));
    return sizes.isEmpty() ? "without sizes" : String.join(", ", sizes);
  }

  private String totals() {
    long[] all = sum();
    return all[0] + " tensors, " + TensorTotals.count(all[1]) + " parameters, " + size(all[2]);
  }

  private long[] sum() {
    long[] all = new long[3];
    for (long[] sums : types.values()) {
      for (int i = 0; i < all.length; i++) {
        all[i] += sums[i];
      }
    }
    return all;
  }

  private static String row(GgufType type, long... sums) {
    return type
        + ": "
        + sums[0]
        + " tensors, "
        + TensorTotals.count(sums[1])
        + " numbers, "
        + size(sums[2])
        + (type.block().isPresent() ? "" : ", which cannot be read here");
  }

  private static String size(long bytes) {
    return TensorTotals.size(bytes);
  }

  private String tokenizer() {
    if (!file.metadata().has(TOKENIZER + "model")) {
      return "none";
    }
    return shown(TOKENIZER + "model", "")
        + text(TOKENIZER + "pre").map(p -> " (" + Printable.of(p, WIDTH) + ")").orElse("")
        + ", "
        + tokens()
        + " tokens";
  }

  private int tokens() {
    return file.metadata().find(TOKENIZER + "tokens").orElse(new GgufValue.Flag(false))
            instanceof GgufValue.Values values
        ? values.elements().size()
        : 0;
  }

  private String template() {
    return text(CHAT).map(t -> t.length() + " characters").orElse("none");
  }

  private List<String> details(boolean all) {
    List<String> lines = new ArrayList<>();
    lines.add("Metadata:");
    List<String> entries = new ArrayList<>();
    file.metadata().values().forEach((key, value) -> entries.add(key + ": " + value.described()));
    add(lines, entries, all);
    lines.add("Tensors:");
    List<String> rows =
        file.tensors().values().stream()
            .map(t -> t.name() + "  " + t.type() + " " + t.shape())
            .toList();
    add(lines, rows, all);
    return lines;
  }

  private static void add(List<String> lines, List<String> rows, boolean all) {
    int shown = all ? rows.size() : Math.min(SHOWN, rows.size());
    rows.subList(0, shown).forEach(row -> lines.add("  " + Printable.of(row, WIDTH)));
    if (shown < rows.size()) {
      lines.add("  and " + (rows.size() - shown) + " more; --all lists them.");
    }
  }

  private String shown(String key, String otherwise) {
    return text(key).map(t -> Printable.of(t, WIDTH)).orElse(otherwise);
  }

  private Optional<String> text(String key) {
    return file.metadata().find(key).flatMap(v -> value(v));
  }

  private static Optional<String> value(GgufValue value) {
    return value instanceof GgufValue.Text text ? Optional.of(text.value()) : Optional.empty();
  }

  /** The same for programs. */
  Json json() {
    Map<String, Object> byType = new LinkedHashMap<>();
    types.forEach(
        (type, sums) ->
            byType.put(
                type.name(),
                new Json()
                    .put("tensors", sums[0])
                    .put("numbers", sums[1])
                    .put("bytes", sums[2])
                    .put("readable", type.block().isPresent())
                    .fields()));
    Map<String, Object> metadata = new LinkedHashMap<>();
    file.metadata().values().forEach((key, value) -> metadata.put(key, plain(value)));
    long[] all = sum();
    return new Json()
        .put("file", file.path().toString())
        .put("kind", "GGUF file")
        .put("sha256", FileHashes.sha256(file.path()))
        .put("version", file.version())
        .put("architecture", text("general.architecture").orElse(""))
        .put("parameters", all[1])
        .put("bytes", all[2])
        .put("types", byType)
        .put(
            "tokenizer",
            new Json()
                .put("model", text(TOKENIZER + "model").orElse(""))
                .put("pre", text(TOKENIZER + "pre").orElse(""))
                .put("tokens", tokens()))
        .put("chatTemplate", text(CHAT).orElse(""))
        .put("problems", problems)
        .put("metadata", metadata)
        .put("tensors", tensors(file));
  }

  /** A value as JSON has it; of a long array, what it is. */
  private static Object plain(GgufValue value) {
    if (value instanceof GgufValue.Flag flag) {
      return flag.value();
    }
    if (value instanceof GgufValue.Real real) {
      return real.value();
    }
    if (value instanceof GgufValue.Whole whole && whole.bits() >= 0) {
      return whole.bits();
    }
    return value(value).orElseGet(value::described);
  }

  /** Type and shape of each tensor of a file, for programs. */
  static Map<String, Object> tensors(GgufFile file) {
    Map<String, Object> tensors = new LinkedHashMap<>();
    for (GgufTensor tensor : file.tensors().values()) {
      Json one = new Json().put("type", tensor.type().name()).put("shape", tensor.shape().sizes());
      tensors.put(tensor.name(), one.fields());
    }
    return tensors;
  }
}
