package dev.lora4j.cli.text;

import com.google.gson.JsonObject;
import dev.lora4j.cli.console.Console;
import dev.lora4j.cli.console.Progress;
import dev.lora4j.cli.file.OutputFile;
import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.identity.Digests;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.text.generate.SamplingSettings;
import dev.lora4j.text.network.Seq2SeqNetwork;
import dev.lora4j.text.pipeline.Completion;
import dev.lora4j.text.pipeline.LanguageModel;
import dev.lora4j.text.pipeline.TextListener;
import dev.lora4j.text.pipeline.TextPrompt;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Texts that a teacher writes to teach with, each after its prompt. They are made in batches of the
 * same texts whenever a run is stopped, so that the same command makes the same.
 */
final class TeachingTexts {
  /** Texts that are written together, to one file. */
  private static final int AT_ONCE = 8;

  private static final int DIGITS = 8;

  /**
   * Choice of tokens.
   *
   * @param most tokens of a text
   * @param temperature at which they are drawn
   * @param seed of the first text; the next ones count up
   */
  record Sampling(int most, double temperature, long seed) {}

  private final Console console;
  private final LanguageModel model;
  private final Path parent;
  private final List<String> prompts;
  private final Sampling sampling;

  /**
   * Texts after prompts.
   *
   * @param parent holds a folder for each teacher
   */
  TeachingTexts(
      Console console, LanguageModel model, Path parent, List<String> prompts, Sampling sampling) {
    this.console = console;
    this.model = model;
    this.parent = parent;
    this.prompts = List.copyOf(prompts);
    this.sampling = sampling;
  }

  /**
   * Writes the texts that are missing.
   *
   * @return their folder
   */
  Path of(String name, Adapter teacher, double weight) {
    MixPlan plan = MixPlan.of(teacher, weight);
    Path folder = parent.resolve(name + "-" + digest(teacher, weight));
    OutputFile.folder(folder);
    List<Integer> missing = new ArrayList<>();
    int texts = 0;
    for (int first = 0; first < prompts.size(); first += AT_ONCE) {
      if (!Files.exists(file(folder, first))) {
        missing.add(first);
        texts += Math.min(AT_ONCE, prompts.size() - first);
      }
    }
    if (missing.isEmpty()) {
      return folder;
    }
    console.note(name + " writes " + texts + " texts to teach with, in " + folder + ".");
    int empty = 0;
    try (Progress progress = console.progress("writing as " + name, texts, "text")) {
      int done = 0;
      for (int first : missing) {
        int end = Math.min(prompts.size(), first + AT_ONCE);
        empty += write(file(folder, first), first, prompts.subList(first, end), plan);
        done += end - first;
        progress.done(done, "");
      }
    }
    if (empty > 0) {
      console.note(name + " had nothing to say " + empty + " times, which are left out.");
    }
    return folder;
  }

  private static Path file(Path folder, int first) {
    return folder.resolve(String.format(Locale.ROOT, "%06d.jsonl", first + 1));
  }

  /** Writes a batch, whole or not at all; how many of its texts are empty. */
  private int write(Path file, int first, List<String> batch, MixPlan plan) {
    List<TextPrompt> asked = new ArrayList<>();
    for (int i = 0; i < batch.size(); i++) {
      asked.add(
          TextPrompt.of(batch.get(i))
              .tokens(sampling.most())
              .sampling(SamplingSettings.at(sampling.temperature()))
              .seed(sampling.seed() + first + i)
              .mix(plan));
    }
    boolean pairs = model.network() instanceof Seq2SeqNetwork;
    StringBuilder lines = new StringBuilder();
    int empty = 0;
    List<Completion> said = model.generate(asked, TextListener.NONE);
    for (int i = 0; i < batch.size(); i++) {
      if (said.get(i).text().isBlank()) {
        empty++;
        continue;
      }
      JsonObject line = new JsonObject();
      line.addProperty(pairs ? "input" : "prompt", batch.get(i));
      line.addProperty(pairs ? "target" : "completion", said.get(i).text());
      lines.append(line).append('\n');
    }
    OutputFile.text(file, lines.toString());
    return empty;
  }

  /** Digest of all that decides the texts. */
  private String digest(Adapter teacher, double weight) {
    String all =
        String.join(
            "\n",
            teacher.identity(),
            Double.toString(weight),
            model.base().hash(),
            model.base().options().text(),
            sampling.toString(),
            String.join("\n", prompts));
    return Digests.hex(all.getBytes(StandardCharsets.UTF_8)).substring(0, DIGITS);
  }
}
