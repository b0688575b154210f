package dev.lora4j.recipes.translation;

import com.google.gson.JsonObject;
import dev.lora4j.cli.Command;
import dev.lora4j.cli.console.Console;
import dev.lora4j.cli.console.Failure;
import dev.lora4j.cli.console.Json;
import dev.lora4j.core.train.SeededNoise;
import dev.lora4j.recipes.Findings;
import dev.lora4j.recipes.RecipeFolder;
import dev.lora4j.recipes.RecipeOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** A small mT5 with an adapter for each pair of languages. */
@picocli.CommandLine.Command(
    name = "translation",
    sortOptions = false,
    description = {
      "Teach a small mT5 from chance to translate English into two languages and to complete sentences of two others;"
          + " then translate into those by an adapter each, and compare an adapter with training all of it and with an adapter and the whole output layer.",
      "The languages are made: words, order and endings by chance."
    })
public final class TranslationRecipe implements Command {
  private static final List<String> KNOWN = List.of("avar", "belu");
  private static final List<String> NEW = List.of("coro", "dimi");

  /** Sentences of the base for one of a new language. */
  private static final int KNOWN_TIMES = 6;

  @Option(
      names = "--base-steps",
      paramLabel = "N",
      description = "Steps that teach the base, of 32 sentences (default: ${DEFAULT-VALUE}).",
      defaultValue = "3000")
  private int baseSteps;

  @Option(
      names = "--steps",
      paramLabel = "N",
      description = "Steps for a new language, of 32 sentences (default: ${DEFAULT-VALUE}).",
      defaultValue = "600")
  private int steps;

  @Option(
      names = "--sentences",
      paramLabel = "N",
      description = "Sentences to learn of a new language (default: ${DEFAULT-VALUE}).",
      defaultValue = "1000")
  private int sentences;

  @Option(
      names = "--judged",
      paramLabel = "N",
      description = "Other sentences to judge by (default: ${DEFAULT-VALUE}).",
      defaultValue = "100")
  private int judged;

  @Mixin private final RecipeOptions options = new RecipeOptions();

  @Override
  public int run(Console console) {
    if (baseSteps < 1 || steps < 1 || sentences < 1 || judged < 1) {
      throw Failure.usage("--base-steps, --steps, --sentences and --judged are at least 1.");
    }
    Json settings =
        new Json()
            .put("recipe", "translation")
            .put("base-steps", baseSteps)
            .put("steps", steps)
            .put("sentences", sentences)
            .put("judged", judged)
            .put("seed", options.seed());
    try (RecipeFolder folder = RecipeFolder.of(console, options.folder(), settings)) {
      Path base = base(folder);
      Findings found = new Findings();
      String first = KNOWN.get(0);
      score(found, folder, base, first, Optional.empty(), first + "Base", "base");
      for (String name : NEW) {
        score(found, folder, base, name, Optional.empty(), name + "Base", "base");
        Path adapter = train(folder, base, name, "adapter", "5e-3", List.of("--rank", "16"));
        score(
            found,
            folder,
            base,
            name,
            Optional.of(adapter),
            name + "Adapter",
            "adapter of rank 16");
        size(found, name, adapter);
      }
      String name = NEW.get(0);
      Path mixed =
          train(folder, base, name, "mixed", "5e-3", List.of("--rank", "16", "--saved", "lm_head"));
      score(
          found,
          folder,
          base,
          name,
          Optional.of(mixed),
          name + "Mixed",
          "adapter and whole output layer");
      Path full =
          train(
              folder,
              base,
              name,
              "full",
              "1e-3",
              List.of("--method", "full", "--targets", "*", "--layout", "transformers"));
      score(found, folder, full, name, Optional.empty(), name + "Full", "all weights trained");
      score(
          found,
          folder,
          full,
          first,
          Optional.empty(),
          first + "Full",
          "the same model, all weights trained for " + name);
      folder.tell("Translation", found, options.json());
    }
    return 0;
  }

  private Path base(RecipeFolder folder) {
    List<Json> lines = new ArrayList<>();
    for (String name : KNOWN) {
      lines.addAll(lines(name, KNOWN_TIMES * sentences, 1));
    }
    for (String name : NEW) {
      lines.addAll(restored(name, KNOWN_TIMES * sentences));
    }
    Path data = folder.lines("base.jsonl", lines);
    Path fresh =
        folder.make(
            "fresh",
            "text",
            "new",
            "--family",
            "t5",
            "--data",
            data.toString(),
            "--vocabulary",
            "768",
            "--width",
            "128",
            "--inner",
            "256",
            "--layers",
            "2",
            "--heads",
            "4",
            "--seed",
            String.valueOf(options.seed()));
    return folder.make(
        "base",
        options.words(
            List.of(
                "text",
                "train",
                "--base",
                fresh.toString(),
                "--data",
                data.toString(),
                "--method",
                "full",
                "--targets",
                "*",
                "--layout",
                "transformers",
                "--lr",
                "2e-3",
                "--batch",
                "32",
                "--max-length",
                "64",
                "--steps",
                String.valueOf(baseSteps),
                "--seed",
                String.valueOf(options.seed()))));
  }

  private Path train(
      RecipeFolder folder,
      Path base,
      String language,
      String kind,
      String rate,
      List<String> more) {
    Path data = folder.lines(language + ".jsonl", lines(language, sentences, 1));
    List<String> words =
        new ArrayList<>(
            List.of(
                "text",
                "train",
                "--base",
                base.toString(),
                "--data",
                data.toString(),
                "--lr",
                rate,
                "--batch",
                "32",
                "--max-length",
                "64",
                "--steps",
                String.valueOf(steps),
                "--seed",
                String.valueOf(options.seed())));
    words.addAll(more);
    return folder.make(language + "-" + kind, options.words(words));
  }

  private void score(
      Findings found,
      RecipeFolder folder,
      Path base,
      String language,
      Optional<Path> lora,
      String key,
      String how) {
    Path data = folder.lines(language + "-judged.jsonl", lines(language, judged, 2));
    List<String> words =
        new ArrayList<>(
            List.of(
                "text",
                "evaluate",
                "--base",
                base.toString(),
                "--data",
                data.toString(),
                "--max-new-tokens",
                "40"));
    lora.ifPresent(l -> words.addAll(List.of("--lora", l.toString())));
    JsonObject told = folder.ask(options.words(words));
    double bleu =
        told.getAsJsonObject(lora.isPresent() ? "adaptersBleu" : "baseBleu")
            .get("score")
            .getAsDouble();
    found.add(
        key,
        "BLEU of English into " + language + ", " + how,
        claim(key),
        String.format(Locale.ROOT, "%.1f", bleu),
        bleu);
  }

  private static String claim(String key) {
    return key.equals(NEW.get(0) + "Adapter") ? "2.3 BLEU more, of what is not said" : "";
  }

  private static void size(Findings found, String language, Path adapter) {
    try (Stream<Path> files = Files.list(adapter)) {
      long bytes = 0;
      for (Path file : files.toList()) {
        bytes += Files.size(file);
      }
      found.add(
          language + "Bytes",
          "the adapter for " + language,
          String.format(Locale.ROOT, "%.2f MB", bytes / 1e6),
          bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /*
   * What mT5 learns of all its languages before anybody translates: sentences of which a word is
   * missing. An adapter on a base that never wrote a language learns next to nothing of it.
   */
  private List<Json> restored(String name, int count) {
    MadeLanguage language = MadeLanguage.of(name, options.seed());
    SeededNoise noise = SeededNoise.of(options.seed(), 3, name.hashCode());
    return Meaning.drawn(count, noise).stream()
        .map(language::say)
        .map(
            sentence -> {
              List<String> words = new ArrayList<>(List.of(sentence.split(" ")));
              words.set(noise.index(words.size()), "_");
              return new Json()
                  .put("input", "restore " + name + ": " + String.join(" ", words))
                  .put("target", sentence);
            })
        .toList();
  }

  /** Pairs of English and a language; learned and judged ones have other seeds. */
  private List<Json> lines(String name, int count, long kind) {
    MadeLanguage language = MadeLanguage.of(name, options.seed());
    return Meaning.drawn(count, SeededNoise.of(options.seed(), kind, name.hashCode())).stream()
        .map(m -> new Json().put("input", name + ": " + m.english()).put("target", language.say(m)))
        .toList();
  }
}
