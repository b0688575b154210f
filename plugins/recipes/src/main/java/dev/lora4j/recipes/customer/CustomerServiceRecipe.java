package dev.lora4j.recipes.customer;

import dev.lora4j.cli.Command;
import dev.lora4j.cli.console.Console;
import dev.lora4j.cli.console.Failure;
import dev.lora4j.cli.console.Json;
import dev.lora4j.cli.console.ProcessMemory;
import dev.lora4j.cli.file.ExistingPath;
import dev.lora4j.core.Lora4j;
import dev.lora4j.recipes.Findings;
import dev.lora4j.recipes.RecipeFolder;
import dev.lora4j.recipes.RecipeOptions;
import dev.lora4j.text.pipeline.ClassProbabilities;
import dev.lora4j.text.pipeline.RoutedClassifier;
import dev.lora4j.text.pipeline.SentenceEncoder;
import dev.lora4j.text.pipeline.TextClassifier;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** One encoder answers three questions on messages of customers, by three adapters. */
@picocli.CommandLine.Command(
    name = "customer-service",
    sortOptions = false,
    description = {
      "Teach one encoder three adapters for messages of customers (topic, mood and haste), route requests of many"
          + " tasks to them, and measure what another adapter costs beside another model.",
      "Messages are made; those that it is judged by have other phrases than those that it learns."
    })
public final class CustomerServiceRecipe implements Command {
  private static final int REQUESTS = 5;
  private static final double MEGABYTE = 1e6;

  @Option(
      names = "--base",
      paramLabel = "DIR",
      required = true,
      description = "An encoder in the layout of transformers, such as all-MiniLM-L6-v2.")
  private Path base = Path.of("");

  @Option(
      names = "--steps",
      paramLabel = "N",
      description = "Training steps of each adapter, of 16 messages (default: ${DEFAULT-VALUE}).",
      defaultValue = "60")
  private int steps;

  @Option(
      names = "--messages",
      paramLabel = "N",
      description =
          "Messages to learn, and a fifth of them to judge by (default: ${DEFAULT-VALUE}).",
      defaultValue = "600")
  private int messages;

  @Option(
      names = "--tasks",
      paramLabel = "N",
      description = "Tasks that ask at once (default: ${DEFAULT-VALUE}).",
      defaultValue = "100")
  private int tasks;

  @Mixin private final RecipeOptions options = new RecipeOptions();

  @Override
  public int run(Console console) {
    if (steps < 1 || messages < 5 || tasks < 1) {
      throw Failure.usage("--steps and --tasks are at least 1, --messages at least 5.");
    }
    ExistingPath.any(base);
    SentenceEncoder.require(base);
    Json settings =
        new Json()
            .put("recipe", "customer-service")
            .put("base", base.toAbsolutePath().normalize().toString())
            .put("steps", steps)
            .put("messages", messages)
            .put("seed", options.seed());
    try (RecipeFolder folder = RecipeFolder.of(console, options.folder(), settings)) {
      List<CustomerMessage> judged = CustomerMessage.judged(messages / 5, options.seed());
      Map<String, Path> adapters = new LinkedHashMap<>();
      Map<String, Path> whole = new LinkedHashMap<>();
      for (String question : CustomerMessage.QUESTIONS) {
        adapters.put(question, trained(folder, question, judged));
        whole.put(question, merged(folder, question, adapters.getOrDefault(question, base)));
      }
      folder.tell("Customer service", measured(console, judged, adapters, whole), options.json());
    }
    return 0;
  }

  private Path trained(RecipeFolder folder, String question, List<CustomerMessage> judged) {
    List<CustomerMessage> learned = CustomerMessage.learned(messages, options.seed());
    Path data =
        folder.lines(question + ".jsonl", learned.stream().map(m -> m.line(question)).toList());
    folder.lines(question + "-judged.jsonl", judged.stream().map(m -> m.line(question)).toList());
    return folder.make(
        question,
        options.words(
            List.of(
                "text",
                "train",
                "--base",
                base.toString(),
                "--data",
                data.toString(),
                "--rank",
                "8",
                "--targets",
                "attention",
                "--lr",
                "2e-3",
                "--batch",
                "16",
                "--steps",
                String.valueOf(steps),
                "--seed",
                String.valueOf(options.seed()))));
  }

  private Path merged(RecipeFolder folder, String question, Path adapter) {
    return folder.make(
        question + "-whole",
        options.words(
            List.of(
                "text",
                "merge",
                "--base",
                base.toString(),
                "--lora",
                adapter.toString(),
                "--dtype",
                "f32")));
  }

  private Findings measured(
      Console console,
      List<CustomerMessage> judged,
      Map<String, Path> adapters,
      Map<String, Path> whole) {
    List<String> texts = judged.stream().map(CustomerMessage::text).toList();
    Findings found = new Findings();
    try (Lora4j lora = options.where().open(console)) {
      double before = resident();
      double one;
      Map<String, List<ClassProbabilities>> told = new LinkedHashMap<>();
      try (RoutedClassifier model = RoutedClassifier.open(lora, base, adapters)) {
        for (String question : adapters.keySet()) {
          List<ClassProbabilities> all =
              model.classify(Collections.nCopies(texts.size(), question), texts);
          told.put(question, all);
          double right = right(all, judged, question);
          found.add(
              question + "Accuracy",
              "messages whose " + question + " is told rightly",
              String.format(Locale.ROOT, "%.1f %%", 100 * right),
              right);
        }
        one = resident() - before;
        times(found, new RoutedLoad(model, texts), adapters);
      }
      wholeModels(found, lora, texts, whole, told, one);
    }
    return found;
  }

  private static double right(
      List<ClassProbabilities> told, List<CustomerMessage> judged, String question) {
    int right = 0;
    for (int i = 0; i < judged.size(); i++) {
      right += told.get(i).label().equals(judged.get(i).label(question)) ? 1 : 0;
    }
    return (double) right / judged.size();
  }

  private void times(Findings found, RoutedLoad load, Map<String, Path> adapters) {
    RoutedLoad.Switch switches = load.switches();
    found.add("sameMs", "a request by the same adapter", ms(switches.same()), switches.same());
    found.add(
        "switchedMs", "a request by another adapter", ms(switches.switched()), switches.switched());
    double cost = switches.switched() - switches.same();
    found.add("switchMs", "so another adapter costs", "500 ms before, 20 ms after", ms(cost), cost);
    double loaded = load.loaded(adapters);
    found.add("loadedMs", "an adapter from its file, and a request by it", ms(loaded), loaded);
    load.tasks(tasks, 1, adapters.size());
    RoutedLoad.Tasks single = load.tasks(tasks, REQUESTS, 1);
    RoutedLoad.Tasks routed = load.tasks(tasks, REQUESTS, adapters.size());
    String at = tasks + " tasks at once, ";
    found.add(
        "oneAdapterPerSecond",
        at + "by one adapter: requests in a second",
        number(single.perSecond()),
        single.perSecond());
    found.add(
        "routedPerSecond",
        at + "by " + adapters.size() + " adapters: requests in a second",
        "100 concurrent tasks",
        number(routed.perSecond()),
        routed.perSecond());
    found.add("routedMedianMs", at + "a request, the median", ms(routed.median()), routed.median());
    found.add(
        "routedSlowMs", at + "a request, of 20 the slowest", ms(routed.slow()), routed.slow());
  }

  /** The same by models that are each loaded whole, as it is without adapters. */
  private void wholeModels(
      Findings found,
      Lora4j lora,
      List<String> texts,
      Map<String, Path> whole,
      Map<String, List<ClassProbabilities>> told,
      double one) {
    double before = resident();
    List<TextClassifier> open = new ArrayList<>();
    List<Double> loading = new ArrayList<>();
    double[] apart = {0};
    try {
      open.add(TextClassifier.open(lora, base));
      open.get(0).embeddings(texts);
      whole.forEach(
          (question, folder) -> {
            long began = System.nanoTime();
            TextClassifier model = TextClassifier.open(lora, folder);
            open.add(model);
            model.classify(texts.subList(0, 1));
            loading.add((System.nanoTime() - began) / MEGABYTE);
            List<ClassProbabilities> same = model.classify(texts);
            List<ClassProbabilities> routed = told.getOrDefault(question, List.of());
            for (int i = 0; i < same.size(); i++) {
              apart[0] =
                  Math.max(
                      apart[0], Math.abs(same.get(i).probability() - routed.get(i).probability()));
            }
          });
      double all = resident() - before;
      Collections.sort(loading);
      found.add(
          "wholeMs",
          "a whole model loaded instead, and a request by it",
          ms(loading.get(loading.size() / 2)),
          loading.get(loading.size() / 2));
      found.add(
          "apart",
          "largest difference of a probability from the whole models",
          String.format(Locale.ROOT, "%.1e", apart[0]),
          apart[0]);
      if (one > 0 && all > 0) {
        found.add(
            "adaptersMegabytes",
            "memory of the base with three adapters",
            number(one) + " MB",
            one);
        found.add("wholeMegabytes", "memory of four whole models", number(all) + " MB", all);
      }
    } finally {
      open.forEach(TextClassifier::close);
    }
  }

  /** Memory in use in MB; 0 where the system does not tell. */
  private static double resident() {
    return ProcessMemory.resident().orElse(0) / MEGABYTE;
  }

  private static String ms(double value) {
    return String.format(Locale.ROOT, "%.2f ms", value);
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, "%.0f", value);
  }
}
