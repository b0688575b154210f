package dev.lora4j.cli.text;

import dev.lora4j.cli.Command;
import dev.lora4j.cli.adapter.LoraOption;
import dev.lora4j.cli.console.Console;
import dev.lora4j.cli.console.Failure;
import dev.lora4j.cli.console.Json;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.text.pipeline.ClassProbabilities;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Command that classifies texts. */
@picocli.CommandLine.Command(
    name = "classify",
    sortOptions = false,
    description =
        "Tell which classes texts are of, by the head of an adapter that was trained on texts with"
            + " classes, or of the base; or, where that head tells classes of words, which words are"
            + " of which.")
final class TextClassify implements Command {
  @Parameters(paramLabel = "TEXT", arity = "1..*", description = "What to classify.")
  private List<String> texts = new ArrayList<>();

  @Mixin private final TextModelOptions options = new TextModelOptions();

  @Option(
      names = "--lora",
      paramLabel = "PATH[:WEIGHT]",
      converter = LoraOption.Reader.class,
      description = "Adapter to blend in, and its weight (default: 1). May be given several times.")
  private List<LoraOption> loras = new ArrayList<>();

  @Option(
      names = "--apart",
      description =
          "Ask each adapter for its own classes, instead of blending them: adapters for different"
              + " questions share the base and one batch.")
  private boolean apart;

  @Option(names = "--json", description = "Report as one JSON object.")
  private boolean json;

  @Override
  public int run(Console console) {
    LoraOption.requireForTexts(loras);
    options.outline();
    if (apart) {
      ClassesApart.of(loras).tell(console, options, texts, json);
      return 0;
    }
    if (OpenTagger.wanted(options, loras)) {
      words(console);
      return 0;
    }
    try (OpenClassifier open = OpenClassifier.of(console, options, loras)) {
      List<MixPlan> mixes = Collections.nCopies(texts.size(), open.plan(console, loras));
      List<ClassProbabilities> found = open.model().classify(texts, mixes);
      if (json) {
        console.print(report(found).toString());
        return 0;
      }
      for (int i = 0; i < texts.size(); i++) {
        ClassProbabilities one = found.get(i);
        console.print(
            String.format(
                Locale.ROOT, "%s  %.4f  %s", one.label(), one.probability(), texts.get(i)));
      }
    }
    return 0;
  }

  private void words(Console console) {
    texts.stream()
        .filter(String::isBlank)
        .findFirst()
        .ifPresent(
            blank -> {
              throw new Failure("A text has no words; leave it out.");
            });
    try (OpenTagger open = OpenTagger.of(console, options, loras)) {
      TaggedWords found = TaggedWords.of(open.model(), texts, open.plan(console, loras));
      if (json) {
        console.print(found.report().toString());
      } else {
        found.tell(console);
      }
    }
  }

  private Json report(List<ClassProbabilities> found) {
    List<Map<String, Object>> all = new ArrayList<>();
    for (int i = 0; i < texts.size(); i++) {
      Json one = new Json().put("text", texts.get(i));
      report(found.get(i)).fields().forEach(one::put);
      all.add(one.fields());
    }
    return new Json().put("texts", all);
  }

  /** The likeliest class with its probability, and those of all classes. */
  static Json report(ClassProbabilities found) {
    Map<String, Object> each = new LinkedHashMap<>();
    for (int label = 0; label < found.labels().size(); label++) {
      each.put(found.labels().get(label), found.values().get(label));
    }
    return new Json()
        .put("label", found.label())
        .put("probability", found.probability())
        .put("probabilities", each);
  }
}
