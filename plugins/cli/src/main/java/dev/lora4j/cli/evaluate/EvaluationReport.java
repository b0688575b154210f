package dev.lora4j.cli.evaluate;

import dev.lora4j.cli.console.Json;
import dev.lora4j.diffusion.evaluation.JudgedStyle;
import dev.lora4j.diffusion.evaluation.StyleEvaluation;
import dev.lora4j.diffusion.evaluation.StyleTargets;
import dev.lora4j.diffusion.judge.JudgeScores;
import dev.lora4j.diffusion.judge.Judges;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** An evaluation as text and as JSON. */
final class EvaluationReport {
  private final StyleEvaluation evaluation;
  private final JudgedStyle style;
  private final Judges judges;

  EvaluationReport(StyleEvaluation evaluation, JudgedStyle style, Judges judges) {
    this.evaluation = evaluation;
    this.style = style;
    this.judges = judges;
  }

  /** A line for each kind of picture, then variety, drift and targets. */
  String table() {
    StringBuilder text = new StringBuilder();
    text.append(row("", "style", "concept", "truth", "mean", "distance"));
    text.append(row("pictures", "right", "in top 10", "nearest", "rank", "to truth"));
    evaluation
        .kinds()
        .forEach(
            (kind, s) ->
                text.append(
                    row(
                        kind,
                        s.style().map(StyleTargets::percent).orElse("-"),
                        StyleTargets.percent(s.conceptTop10()),
                        s.truth().map(t -> StyleTargets.percent(t.top1())).orElse("-"),
                        s.truth().map(t -> number(t.rank(), 1)).orElse("-"),
                        s.truth().map(t -> number(t.distance(), 3)).orElse("-"))));
    style
        .ranking()
        .ifPresent(r -> text.append("Ranks are among ").append(r.among()).append(" truths. "));
    text.append(judgesAccuracy()).append('\n');
    if (!evaluation.variety().isEmpty()) {
      text.append("Distance between the pictures of one prompt:");
      evaluation
          .variety()
          .forEach((k, v) -> text.append(' ').append(k).append(' ').append(number(v, 3)));
      text.append(".\n");
    }
    evaluation.drift().ifPresent(d -> text.append(drift(d)));
    for (StyleTargets.Target target : new StyleTargets(evaluation).all()) {
      text.append(target.reached() ? "reached  " : "missed   ");
      text.append(target.text()).append(": ").append(target.value()).append('\n');
    }
    return text.toString().stripTrailing();
  }

  private String judgesAccuracy() {
    StringBuilder text = new StringBuilder();
    style
        .label()
        .ifPresent(
            l ->
                text.append("On true pictures that it has not seen, the style classifier is right ")
                    .append("in ")
                    .append(StyleTargets.percent(judges.styles().accuracy()))
                    .append(" of all styles and in ")
                    .append(StyleTargets.percent(judges.styles().accuracy(l)))
                    .append(" of this one. "));
    text.append("The concept of true pictures is in the top 10 for ");
    text.append(StyleTargets.percent(retrieval())).append('.');
    return text.toString();
  }

  private double retrieval() {
    return judges.concepts().accuracies().values().stream()
        .mapToDouble(Double::doubleValue)
        .average()
        .orElse(0);
  }

  private static String drift(StyleEvaluation.Drift d) {
    String text =
        "Of prompts that name another style, the adapter moves pictures by "
            + number(d.distance(), 3)
            + " (by "
            + number(d.plain(), 3)
            + " without a style).";
    if (!d.leak().isEmpty()) {
      text += " In the adapter's style: " + change(d.leak()) + ".";
    }
    if (!d.kept().isEmpty()) {
      text += " In the style that was named: " + change(d.kept()) + ".";
    }
    return text + "\n";
  }

  private static String change(List<Double> withoutAndWith) {
    return StyleTargets.percent(withoutAndWith.get(0))
        + " without it, "
        + StyleTargets.percent(withoutAndWith.get(1))
        + " with it";
  }

  private static String row(String kind, String... columns) {
    StringBuilder line = new StringBuilder(String.format(Locale.ROOT, "%-23s", kind));
    for (String column : columns) {
      line.append(String.format(Locale.ROOT, "%10s", column));
    }
    return line.toString().stripTrailing() + "\n";
  }

  private static String number(double value, int digits) {
    return String.format(Locale.ROOT, "%." + digits + "f", value);
  }

  /** The scores that every report has; an unknown score is left out. */
  Json scores(double seconds) {
    Json json = new Json();
    Map<String, Object> style = new LinkedHashMap<>();
    put(style, "with", StyleEvaluation.ADAPTER, JudgeScores::style);
    put(style, "without", StyleEvaluation.BASE, JudgeScores::style);
    put(json, "style_accuracy", style);
    Map<String, Object> concept = new LinkedHashMap<>();
    put(concept, "base", StyleEvaluation.BASE, s -> Optional.of(s.conceptTop10()));
    put(concept, "adapter", StyleEvaluation.ADAPTER, s -> Optional.of(s.conceptTop10()));
    put(json, "concept_top10", concept);
    Map<String, Object> truth = new LinkedHashMap<>();
    put(truth, "base", StyleEvaluation.BASE, EvaluationReport::top1);
    put(truth, "adapter", StyleEvaluation.ADAPTER, EvaluationReport::top1);
    put(truth, "desaturated", StyleEvaluation.DESATURATED, EvaluationReport::top1);
    put(json, "truth_top1", truth);
    this.style.label().ifPresent(l -> json.put("classifier_accuracy", judges.styles().accuracy()));
    return json.put("seconds", seconds);
  }

  private static Optional<Double> top1(JudgeScores scores) {
    return scores.truth().map(JudgeScores.Truth::top1);
  }

  private static void put(Json json, String name, Map<String, ?> values) {
    if (!values.isEmpty()) {
      json.put(name, values);
    }
  }

  private void put(
      Map<String, Object> values,
      String name,
      String kind,
      Function<JudgeScores, Optional<Double>> score) {
    evaluation.kind(kind).flatMap(score).ifPresent(v -> values.put(name, v));
  }

  /** {@link #scores} with all that was found out. */
  Json json(double seconds) {
    Json json = scores(seconds).put("style", style.name());
    style
        .label()
        .ifPresent(l -> json.put("classifier_accuracy_of_style", judges.styles().accuracy(l)));
    json.put("retrieval_accuracy", retrieval());
    style.ranking().ifPresent(r -> json.put("truths", r.among()));
    Map<String, Object> kinds = new LinkedHashMap<>();
    evaluation.kinds().forEach((kind, s) -> kinds.put(kind, kind(s)));
    json.put("kinds", kinds);
    put(json, "variety", evaluation.variety());
    evaluation.drift().ifPresent(d -> json.put("drift", drift(d, new LinkedHashMap<>())));
    List<Object> targets = new ArrayList<>();
    for (StyleTargets.Target t : new StyleTargets(evaluation).all()) {
      targets.add(
          new Json()
              .put("target", t.text())
              .put("value", t.value())
              .put("reached", t.reached())
              .fields());
    }
    return json.put("targets", targets);
  }

  private static Map<String, Object> kind(JudgeScores s) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("pictures", s.pictures());
    s.style().ifPresent(v -> fields.put("style", v));
    fields.put("concept_top10", s.conceptTop10());
    s.truth()
        .ifPresent(
            t -> {
              fields.put("truth_top1", t.top1());
              fields.put("truth_rank", t.rank());
              fields.put("truth_distance", t.distance());
            });
    return fields;
  }

  private static Map<String, Object> drift(StyleEvaluation.Drift d, Map<String, Object> fields) {
    fields.put("pictures", d.pictures());
    fields.put("distance", d.distance());
    fields.put("distance_of_plain_prompts", d.plain());
    pair(fields, "style_leak", d.leak());
    pair(fields, "named_style", d.kept());
    return fields;
  }

  private static void pair(Map<String, Object> fields, String name, List<Double> values) {
    if (!values.isEmpty()) {
      Map<String, Object> pair = new LinkedHashMap<>();
      pair.put("without", values.get(0));
      pair.put("with", values.get(1));
      fields.put(name, pair);
    }
  }
}
