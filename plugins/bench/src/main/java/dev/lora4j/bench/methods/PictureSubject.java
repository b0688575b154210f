package dev.lora4j.bench.methods;

import com.google.gson.JsonObject;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A style of the bundled base.
 *
 * @param name of the style, which judges know
 * @param images captioned pictures
 * @param base of another folder; empty for the bundled one
 * @param options of every training, as a command line has them
 * @param concepts how many held-out concepts a sweep and the table ask for
 */
record PictureSubject(
    String name, Path images, Optional<Path> base, List<String> options, Concepts concepts)
    implements Subject {
  private static final double RATE = 1e-3;

  /** Values that TOML has without quotes. */
  private static final Pattern PLAIN =
      Pattern.compile("true|false|[+-]?\\d+(\\.\\d+)?(e[+-]?\\d+)?");

  /** Seed of pictures that choose a rate, so that other noise judges what was chosen. */
  private static final String SWEEP_SEED = "7000";

  /**
   * Numbers of held-out concepts.
   *
   * @param sweep to choose a rate by
   * @param table to score by
   */
  record Concepts(int sweep, int table) {}

  @Override
  public List<Measure> measures() {
    return List.of(
        new Measure("style", true, true),
        new Measure("concept", true, true),
        new Measure("truth", true, true));
  }

  @Override
  public List<String> training(Run run, Path adapter, String layout) {
    List<String> words = words("train", run, adapter, layout);
    words.addAll(List.of("--resume", "--set", "previews.prompts=[]", "--json"));
    return words;
  }

  @Override
  public List<String> layouts() {
    return List.of("kohya", "peft");
  }

  @Override
  public List<String> plan(Run run, Path adapter, String layout) {
    List<String> words = words("plan", run, adapter, layout);
    words.add("--json");
    return words;
  }

  private List<String> words(String command, Run run, Path adapter, String layout) {
    List<String> words = new ArrayList<>(List.of(command, "--images", images.toString()));
    base.ifPresent(b -> words.addAll(List.of("--base", b.toString())));
    words.addAll(List.of("--method", run.candidate().method()));
    words.addAll(List.of("--steps", Integer.toString(run.steps())));
    words.addAll(List.of("--lr", Double.toString(run.rate())));
    words.addAll(List.of("--seed", Long.toString(run.seed())));
    words.addAll(options);
    // What is said later wins.
    Candidate one = run.candidate();
    if (!one.settings().isEmpty()) {
      words.addAll(set("adapter.settings", table(one.settings())));
    }
    one.run().forEach((k, v) -> words.addAll(k.equals("lr") ? List.of() : set("adapter." + k, v)));
    words.addAll(set("layout", layout));
    words.addAll(List.of("-o", adapter.toString()));
    return words;
  }

  /** Settings as TOML has them in one line. */
  private static String table(Map<String, String> settings) {
    return settings.entrySet().stream()
        .map(
            s ->
                s.getKey()
                    + " = "
                    + (PLAIN.matcher(s.getValue()).matches() ? s.getValue() : quoted(s.getValue())))
        .collect(Collectors.joining(", ", "{ ", " }"));
  }

  private static String quoted(String text) {
    return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }

  private static List<String> set(String key, String value) {
    return List.of("--set", key + "=" + value);
  }

  @Override
  public String adapter(String layout) {
    return layout.equals("peft") ? "adapter" : "adapter.safetensors";
  }

  @Override
  public List<String> scoring(String lora, boolean all, Path folder) {
    List<String> words = new ArrayList<>(List.of("evaluate", "--lora", lora, "--style", name));
    base.ifPresent(b -> words.addAll(List.of("--base", b.toString())));
    int count = all ? concepts.table() : concepts.sweep();
    words.addAll(
        List.of("--concepts", Integer.toString(count), "--per-concept", "1", "--adapter-alone"));
    words.addAll(List.of("--seed", all ? "0" : SWEEP_SEED));
    words.addAll(Subject.only(options, "--threads"));
    words.addAll(List.of("-o", folder.toString(), "--json"));
    return words;
  }

  @Override
  public Map<String, Double> scores(JsonObject report) {
    Map<String, Double> scores = new LinkedHashMap<>();
    scores.put("style", number(report, "style_accuracy", "with"));
    scores.put("concept", number(report, "concept_top10", "adapter"));
    scores.put("truth", number(report, "truth_top1", "adapter"));
    return scores;
  }

  private static double number(JsonObject report, String table, String name) {
    return report.getAsJsonObject(table).get(name).getAsDouble();
  }

  @Override
  public double rate() {
    return RATE;
  }
}
