package dev.lora4j.bench.methods;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.lora4j.cli.console.Failure;
import dev.lora4j.spi.ExtensionRequest;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Texts of a language model: their perplexity, or how many are told apart.
 *
 * @param texts to learn
 * @param unseen to score by
 * @param base the model's folder; empty for the bundled one
 * @param classes whether the texts have classes
 * @param options of every training, as a command line has them
 */
record TextSubject(
    String name,
    Path texts,
    Path unseen,
    Optional<Path> base,
    boolean classes,
    List<String> options)
    implements Subject {
  private static final double RATE = 1e-3;
  private static final String PERPLEXITY = "perplexity";
  private static final String ACCURACY = "accuracy";

  @Override
  public List<Measure> measures() {
    return List.of(
        classes ? new Measure(ACCURACY, true, true) : new Measure(PERPLEXITY, false, false));
  }

  @Override
  public List<String> training(Run run, Path adapter, String layout) {
    List<String> words = new ArrayList<>(List.of("text", "train", "--data", texts.toString()));
    base.ifPresent(b -> words.addAll(List.of("--base", b.toString())));
    Candidate one = run.candidate();
    Map<String, Object> settings = new LinkedHashMap<>(one.settings());
    words.addAll(List.of("--method", new ExtensionRequest(one.method(), settings).text()));
    words.addAll(List.of("--steps", Integer.toString(run.steps())));
    words.addAll(List.of("--lr", Double.toString(run.rate())));
    words.addAll(List.of("--seed", Long.toString(run.seed())));
    List<String> others = new ArrayList<>(options);
    // A key of the row takes the place of that of all rows.
    one.run().keySet().forEach(key -> remove(others, "--" + key));
    words.addAll(others);
    one.run().forEach((k, v) -> words.addAll(k.equals("lr") ? List.of() : List.of("--" + k, v)));
    if (!layout.isEmpty()) {
      words.addAll(List.of("--layout", layout));
    }
    words.addAll(List.of("--resume", "--json", "-o", adapter.toString()));
    return words;
  }

  private static void remove(List<String> options, String name) {
    int at = options.indexOf(name);
    if (at >= 0) {
      options.remove(at + 1);
      options.remove(at);
    }
  }

  /** The command's own, which is PEFT's, and one file of kohya's names. */
  @Override
  public List<String> layouts() {
    return List.of("", "kohya");
  }

  /** There is no command that only checks, so that a short training does. */
  @Override
  public List<String> plan(Run run, Path adapter, String layout) {
    return training(run, adapter, layout);
  }

  @Override
  public String adapter(String layout) {
    return layout.isEmpty() ? "adapter" : "adapter.safetensors";
  }

  @Override
  public List<String> scoring(String lora, boolean all, Path folder) {
    List<String> words = new ArrayList<>(List.of("text", "evaluate", "--lora", lora));
    words.addAll(List.of("--data", unseen.toString()));
    base.ifPresent(b -> words.addAll(List.of("--base", b.toString())));
    words.addAll(Subject.only(options, "--max-length", "--threads"));
    if (!classes) {
      words.add("--pack");
    }
    words.add("--json");
    return words;
  }

  @Override
  public Map<String, Double> scores(JsonObject report) {
    JsonElement with = report.get("adapters");
    if (with == null) {
      throw new Failure("'text evaluate' reports no score of the adapter: " + report);
    }
    return classes
        ? Map.of(ACCURACY, with.getAsJsonObject().get(ACCURACY).getAsDouble())
        : Map.of(PERPLEXITY, with.getAsDouble());
  }

  @Override
  public double rate() {
    return RATE;
  }
}
