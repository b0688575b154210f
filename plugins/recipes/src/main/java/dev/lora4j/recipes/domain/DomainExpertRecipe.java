package dev.lora4j.recipes.domain;

import com.google.gson.JsonObject;
import dev.lora4j.cli.Command;
import dev.lora4j.cli.console.Console;
import dev.lora4j.cli.console.ErrorExplanation;
import dev.lora4j.cli.console.Failure;
import dev.lora4j.cli.console.Json;
import dev.lora4j.cli.file.ExistingPath;
import dev.lora4j.core.Lora4j;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.recipes.Findings;
import dev.lora4j.recipes.RecipeFolder;
import dev.lora4j.recipes.RecipeOptions;
import dev.lora4j.text.pipeline.LanguageModel;
import dev.lora4j.tinylm.TinyLm;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** A language model learns the texts of one field. */
@picocli.CommandLine.Command(
    name = "domain-expert",
    sortOptions = false,
    description = {
      "Teach a language model the texts of one field: its perplexity and the last words of passages that it tells,"
          + " on texts that it did not learn, before and after; and what the adapter costs when it is merged.",
      "Without --data the field is Moby-Dick, which is bundled."
    })
public final class DomainExpertRecipe implements Command {
  private static final int ROUNDS = 7;

  @Option(
      names = "--base",
      paramLabel = "PATH",
      description = "A language model: a folder or a .gguf file (default: the bundled one).")
  private Optional<Path> base = Optional.empty();

  @Option(
      names = "--data",
      paramLabel = "PATH",
      description =
          "Texts to learn: a .jsonl or .txt file, or a folder (default: chapters of Moby-Dick).")
  private Optional<Path> data = Optional.empty();

  @Option(
      names = "--judged",
      paramLabel = "PATH",
      description = "Texts to judge by, which are needed with --data (default: other chapters).")
  private Optional<Path> judged = Optional.empty();

  @Option(
      names = "--steps",
      paramLabel = "N",
      description = "Training steps (default: ${DEFAULT-VALUE}).",
      defaultValue = "150")
  private int steps;

  @Option(
      names = "--rank",
      paramLabel = "N",
      description = "Size of the factors (default: ${DEFAULT-VALUE}).",
      defaultValue = "16")
  private int rank;

  @Option(
      names = "--lr",
      paramLabel = "X",
      description = "Learning rate (default: ${DEFAULT-VALUE}).",
      defaultValue = "1e-3")
  private double rate;

  @Option(
      names = "--batch",
      paramLabel = "N",
      description = "Blocks of a step (default: ${DEFAULT-VALUE}).",
      defaultValue = "4")
  private int batch;

  @Option(
      names = "--max-length",
      paramLabel = "N",
      description = "Tokens of a block (default: ${DEFAULT-VALUE}).",
      defaultValue = "128")
  private int length;

  @Mixin private final RecipeOptions options = new RecipeOptions();

  @Override
  public int run(Console console) {
    if (data.isPresent() != judged.isPresent()) {
      throw Failure.usage(
          "--data and --judged go together: texts to learn, and others to judge by.");
    }
    base.ifPresent(ExistingPath::any);
    Path learned = ExistingPath.any(data.orElseGet(TinyLm::novel));
    Path unseen = ExistingPath.any(judged.orElseGet(TinyLm::unseen));
    Path model = base.orElseGet(TinyLm::folder);
    Json settings =
        new Json()
            .put("recipe", "domain-expert")
            .put("base", model.toAbsolutePath().normalize().toString())
            .put("data", learned.toAbsolutePath().normalize().toString())
            .put("judged", unseen.toAbsolutePath().normalize().toString())
            .put("steps", steps)
            .put("rank", rank)
            .put("lr", rate)
            .put("batch", batch)
            .put("max-length", length)
            .put("seed", options.seed());
    try (RecipeFolder folder = RecipeFolder.of(console, options.folder(), settings)) {
      Path adapter =
          folder.make(
              "expert",
              options.words(
                  List.of(
                      "text",
                      "train",
                      "--base",
                      model.toString(),
                      "--data",
                      learned.toString(),
                      "--pack",
                      "--max-length",
                      String.valueOf(length),
                      "--rank",
                      String.valueOf(rank),
                      "--lr",
                      String.valueOf(rate),
                      "--batch",
                      String.valueOf(batch),
                      "--steps",
                      String.valueOf(steps),
                      "--seed",
                      String.valueOf(options.seed()))));
      Path merged =
          folder.make(
              "merged",
              options.words(
                  List.of(
                      "text",
                      "merge",
                      "--base",
                      model.toString(),
                      "--lora",
                      adapter.toString(),
                      "--dtype",
                      "f32")));
      Findings found = new Findings();
      judge(folder, model, adapter, merged, unseen, found);
      speeds(console, model, adapter, merged, found);
      folder.tell("Domain expert", found, options.json());
    }
    return 0;
  }

  private void judge(
      RecipeFolder folder, Path model, Path adapter, Path merged, Path unseen, Findings found) {
    List<String> packed = List.of("--pack", "--max-length", String.valueOf(length));
    JsonObject both = folder.ask(evaluation(model, unseen, Optional.of(adapter), packed));
    JsonObject whole = folder.ask(evaluation(merged, unseen, Optional.empty(), packed));
    perplexity(found, "base", "perplexity of the base", both.get("base").getAsDouble());
    perplexity(found, "adapted", "with the adapter", both.get("adapters").getAsDouble());
    perplexity(found, "merged", "with the adapter merged", whole.get("base").getAsDouble());
    Path cloze = passages(folder, unseen);
    JsonObject told =
        folder.ask(evaluation(model, cloze, Optional.of(adapter), List.of("--cloze")));
    share(
        found, "baseCloze", "last words that the base tells", told.get("baseCloze").getAsDouble());
    share(found, "adaptedCloze", "with the adapter", told.get("adaptersCloze").getAsDouble());
  }

  private String[] evaluation(Path model, Path data, Optional<Path> lora, List<String> more) {
    List<String> words =
        new ArrayList<>(
            List.of("text", "evaluate", "--base", model.toString(), "--data", data.toString()));
    lora.ifPresent(l -> words.addAll(List.of("--lora", l.toString())));
    words.addAll(more);
    return options.words(words);
  }

  private static Path passages(RecipeFolder folder, Path unseen) {
    try {
      List<Json> lines = ClozePassages.of(unseen);
      if (lines.isEmpty()) {
        throw new Failure(
            unseen + " has no passage of 60 words that ends a sentence; give longer plain texts.");
      }
      return folder.lines("cloze.jsonl", lines);
    } catch (IOException e) {
      throw new Failure("Cannot read " + unseen + ": " + ErrorExplanation.of(e), e);
    }
  }

  private void speeds(Console console, Path model, Path adapter, Path merged, Findings found) {
    try (Lora4j lora = options.where().open(console);
        LanguageModel base = LanguageModel.open(lora, model);
        LanguageModel whole = LanguageModel.open(lora, merged)) {
      DecodingTime plain = new DecodingTime(base, MixPlan.NONE);
      DecodingTime beside = new DecodingTime(base, MixPlan.of(base.adapter(adapter), 1));
      DecodingTime inside = new DecodingTime(whole, MixPlan.NONE);
      for (int i = 0; i < ROUNDS; i++) {
        plain.round();
        inside.round();
        beside.round();
      }
      time(found, "baseMs", "a token of the base", "", plain);
      time(found, "adaptedMs", "with the adapter beside the weights", "", beside);
      time(found, "mergedMs", "with the adapter merged", "no overhead", inside);
    }
  }

  private static void perplexity(Findings found, String key, String what, double value) {
    found.add(key, what, String.format(Locale.ROOT, "%.2f", value), value);
  }

  private static void share(Findings found, String key, String what, double value) {
    found.add(key, what, String.format(Locale.ROOT, "%.1f %%", 100 * value), value);
  }

  private static void time(
      Findings found, String key, String what, String claim, DecodingTime decoding) {
    double value = decoding.milliseconds();
    found.add(key, what, claim, String.format(Locale.ROOT, "%.2f ms", value), value);
  }
}
