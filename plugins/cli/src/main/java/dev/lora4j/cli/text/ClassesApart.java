package dev.lora4j.cli.text;

import dev.lora4j.cli.adapter.LoraOption;
import dev.lora4j.cli.console.Console;
import dev.lora4j.cli.console.Failure;
import dev.lora4j.cli.console.Json;
import dev.lora4j.core.mix.Weight;
import dev.lora4j.text.pipeline.ClassProbabilities;
import dev.lora4j.text.pipeline.RoutedClassifier;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Classes of texts by several adapters, each with a head of its own. */
final class ClassesApart {
  private final Map<String, Path> adapters;

  private ClassesApart(Map<String, Path> adapters) {
    this.adapters = adapters;
  }

  /** The classes of these adapters; refuses names and weights that cannot be. */
  static ClassesApart of(List<LoraOption> loras) {
    if (loras.isEmpty()) {
      throw Failure.usage("--apart asks each adapter; name some with --lora.");
    }
    Map<String, Path> adapters = new LinkedHashMap<>();
    for (LoraOption lora : loras) {
      if (!lora.weight().equals(Weight.of(1)) || lora.rank().isPresent()) {
        throw Failure.usage(
            "--apart takes each adapter whole, with its head; leave out what is behind "
                + lora.file()
                + ".");
      }
      OpenClassifier.requireTexts(lora.file());
      Path other = adapters.put(LoraOption.name(lora.file()), lora.file());
      if (other != null) {
        throw Failure.usage(
            "%s and %s have the same name, and --apart tells adapters by their names; rename one."
                .formatted(other, lora.file()));
      }
    }
    return new ClassesApart(adapters);
  }

  /** Tells the classes of all texts by all adapters, in one batch. */
  @SuppressWarnings("try") // the engine is only held
  void tell(Console console, TextModelOptions options, List<String> texts, boolean json) {
    Opened<RoutedClassifier> opened =
        Opened.of(
            console,
            options,
            (lora, path, loading) ->
                RoutedClassifier.open(
                    lora.engine().scope("routed classifier"), path, loading, adapters),
            RoutedClassifier::base);
    try (var lora = opened.lora();
        RoutedClassifier model = opened.model()) {
      List<String> names = new ArrayList<>();
      List<String> asked = new ArrayList<>();
      texts.forEach(
          text ->
              adapters
                  .keySet()
                  .forEach(
                      name -> {
                        names.add(name);
                        asked.add(text);
                      }));
      List<ClassProbabilities> found = model.classify(names, asked);
      console.print(json ? report(texts, found).toString() : lines(texts, found));
    }
  }

  private String lines(List<String> texts, List<ClassProbabilities> found) {
    StringBuilder all = new StringBuilder();
    int width = adapters.keySet().stream().mapToInt(String::length).max().orElse(1);
    int at = 0;
    for (String text : texts) {
      all.append(all.isEmpty() ? "" : "\n").append(text);
      for (String name : adapters.keySet()) {
        ClassProbabilities one = found.get(at++);
        all.append(
            String.format(
                Locale.ROOT,
                "\n  %-" + width + "s  %s  %.4f",
                name,
                one.label(),
                one.probability()));
      }
    }
    return all.toString();
  }

  private Json report(List<String> texts, List<ClassProbabilities> found) {
    List<Map<String, Object>> all = new ArrayList<>();
    int at = 0;
    for (String text : texts) {
      Json told = new Json();
      for (String name : adapters.keySet()) {
        told.put(name, TextClassify.report(found.get(at++)).fields());
      }
      all.add(new Json().put("text", text).put("adapters", told.fields()).fields());
    }
    return new Json().put("texts", all);
  }
}
