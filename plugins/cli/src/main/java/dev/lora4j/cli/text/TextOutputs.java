package dev.lora4j.cli.text;

import com.google.gson.JsonObject;
import dev.lora4j.cli.console.Console;
import dev.lora4j.cli.console.ErrorExplanation;
import dev.lora4j.cli.console.Failure;
import dev.lora4j.cli.console.Json;
import dev.lora4j.cli.console.Printable;
import dev.lora4j.cli.console.Progress;
import dev.lora4j.cli.file.OutputFile;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.safetensors.AtomicFile;
import dev.lora4j.text.data.TextDataSet;
import dev.lora4j.text.evaluate.Bleu;
import dev.lora4j.text.evaluate.GeneratedText;
import dev.lora4j.text.generate.BeamSettings;
import dev.lora4j.text.pipeline.LanguageModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Outputs of a language model for data with references, and their distance from them. */
final class TextOutputs {
  @Option(
      names = "--max-new-tokens",
      paramLabel = "N",
      description =
          "How many tokens to write at most for a prompt or an input with a target"
              + " (default: ${DEFAULT-VALUE}).",
      defaultValue = "128")
  private int tokens = 128;

  @Option(
      names = "--beams",
      paramLabel = "N",
      description = "Write by beam search with so many beams (default: 1, the likeliest tokens).")
  private Optional<Integer> beams = Optional.empty();

  @Option(
      names = "--outputs",
      paramLabel = "FILE",
      description =
          "Keep what was written beside prompts and references, or rewards, as lines of JSON in a"
              + " .jsonl file.")
  private Optional<Path> file = Optional.empty();

  @Option(names = "--no-bleu", description = "Write nothing: tell the perplexity alone.")
  private boolean none;

  private final Map<String, List<GeneratedText>> written = new LinkedHashMap<>();

  /** Refuses numbers that nothing can be written with. */
  void require() {
    if (tokens < 1) {
      throw Failure.usage("--max-new-tokens must be at least 1, found " + tokens + ".");
    }
    if (beams.orElse(1) < 1) {
      throw Failure.usage("--beams must be at least 1, found " + beams.orElse(1) + ".");
    }
  }

  /** Refuses to write over the texts that are read. */
  void requireOther(Path data) {
    file.ifPresent(
        f -> {
          Path one = Files.isDirectory(data) ? data.resolve(f.getFileName()) : data;
          OutputFile.requireOther(f, one, "among the texts that are read");
        });
  }

  /** The most tokens to write. */
  int tokens() {
    return tokens;
  }

  /** The file to keep what was written in. */
  Optional<Path> file() {
    return file;
  }

  /** Refuses what cannot be done before anything is loaded; whether there is something to write. */
  boolean wanted(TextDataSet data) {
    boolean can = GeneratedText.referenced(data) && !none;
    file.ifPresent(f -> OutputFile.require(f, ".jsonl"));
    if (file.isPresent() && !can) {
      String kept =
          "--outputs keeps what is written for prompts with completions or inputs with targets;";
      throw none
          ? Failure.usage(kept + " --no-bleu writes nothing.")
          : new Failure(kept + " the data are of the form " + data.form() + ".");
    }
    return can;
  }

  /** Generates text with a line of progress, and scores it. */
  Bleu score(Console console, String what, LanguageModel model, TextDataSet data, MixPlan mix) {
    int count = data.examples().size();
    BeamSettings search = beams.map(BeamSettings::of).orElse(BeamSettings.NONE);
    try (Progress progress = console.progress("writing with the " + what, count, "text")) {
      List<GeneratedText> all =
          GeneratedText.of(model, data, mix, tokens, search, done -> progress.done(done, ""));
      written.put(what, all);
      return GeneratedText.bleu(all);
    }
  }

  static String line(String what, Bleu found) {
    return String.format(
        Locale.ROOT,
        "%s  BLEU %.2f (%.1f/%.1f/%.1f/%.1f, brevity %.3f, %d words, references %d)",
        what,
        found.score(),
        found.precisions().get(0),
        found.precisions().get(1),
        found.precisions().get(2),
        found.precisions().get(3),
        found.brevity(),
        found.words(),
        found.referenceWords());
  }

  static Map<String, Object> json(Bleu found) {
    return new Json()
        .put("score", found.score())
        .put("precisions", found.precisions())
        .put("brevity", found.brevity())
        .put("words", found.words())
        .put("referenceWords", found.referenceWords())
        .fields();
  }

  /** Writes the requested file. */
  void keep() {
    if (file.isEmpty() || written.isEmpty()) {
      return;
    }
    List<GeneratedText> first = written.values().iterator().next();
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < first.size(); i++) {
      JsonObject line = new JsonObject();
      line.addProperty("prompt", first.get(i).prompt());
      line.addProperty("reference", first.get(i).reference());
      for (Map.Entry<String, List<GeneratedText>> one : written.entrySet()) {
        line.addProperty(one.getKey(), one.getValue().get(i).text());
      }
      lines.append(Printable.line(line.toString())).append('\n');
    }
    write(lines.toString());
  }

  /** Writes lines into the requested file, if one is. */
  void write(String lines) {
    if (file.isEmpty()) {
      return;
    }
    try {
      AtomicFile.write(file.get(), lines);
    } catch (IOException e) {
      throw new Failure("Cannot write " + file.get() + ": " + ErrorExplanation.of(e), e);
    }
  }
}
