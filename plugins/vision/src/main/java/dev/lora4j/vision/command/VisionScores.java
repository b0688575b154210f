package dev.lora4j.vision.command;

import dev.lora4j.cli.console.Console;
import dev.lora4j.cli.console.Json;
import dev.lora4j.cli.console.Progress;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.text.evaluate.ClassificationScores;
import dev.lora4j.vision.Classification;
import dev.lora4j.vision.data.ClassedPicture;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Scores of a model on pictures of known classes.
 *
 * @param scores how many pictures of each class were taken for each
 * @param pictures that were classified
 * @param found what each was taken for
 */
record VisionScores(
    ClassificationScores scores, List<ClassedPicture> pictures, List<Classification> found) {
  private static final int WIDEST = 12;

  /** Scores a model, with a line of progress. */
  static VisionScores of(
      Console console,
      String what,
      VisionModelOptions.Open open,
      List<ClassedPicture> pictures,
      MixPlan mix) {
    List<Classification> found;
    try (Progress progress = console.progress("scoring the " + what, pictures.size(), "picture")) {
      found =
          open.model()
              .classification()
              .of(
                  pictures.stream().map(ClassedPicture::pixels).toList(),
                  open.preparation(),
                  mix,
                  done -> progress.done(done, ""));
    }
    List<String> labels = open.model().labels();
    List<List<Integer>> counts = new ArrayList<>();
    for (int i = 0; i < labels.size(); i++) {
      counts.add(new ArrayList<>(Collections.nCopies(labels.size(), 0)));
    }
    for (int i = 0; i < pictures.size(); i++) {
      List<Integer> row = counts.get(pictures.get(i).label());
      int taken = found.get(i).number();
      row.set(taken, row.get(taken) + 1);
    }
    return new VisionScores(new ClassificationScores(labels, counts), pictures, found);
  }

  /** A line with the accuracy. */
  String line(String what) {
    return String.format(
        Locale.ROOT,
        "%s  accuracy %.4f, macro F1 %.4f over %d pictures (the commonest class: %.4f)",
        what,
        scores.accuracy(),
        scores.macroF1(),
        scores.texts(),
        scores.commonest());
  }

  /** A row for each class: its accuracy, and how many of its pictures were taken for each class. */
  List<String> table() {
    List<String> labels = scores.labels();
    List<Integer> shown = new ArrayList<>();
    for (int i = 0; i < labels.size(); i++) {
      int column = i;
      boolean taken = scores.counts().stream().anyMatch(row -> row.get(column) > 0);
      if (taken || of(i) > 0) {
        shown.add(i);
      }
    }
    int first = shown.stream().mapToInt(i -> labels.get(i).length()).max().orElse(1);
    StringBuilder head = new StringBuilder(" ".repeat(first) + "  accuracy");
    shown.forEach(i -> head.append("  ").append(cell(labels.get(i))));
    List<String> lines = new ArrayList<>(List.of(head.toString()));
    for (int i : shown) {
      if (of(i) > 0) {
        StringBuilder line =
            new StringBuilder(
                String.format(Locale.ROOT, "%-" + first + "s  %8.4f", labels.get(i), accuracy(i)));
        shown.forEach(
            k ->
                line.append("  ").append(padded(String.valueOf(count(i, k)), cell(labels.get(k)))));
        lines.add(line.toString());
      }
    }
    return lines;
  }

  private static String cell(String label) {
    return label.length() <= WIDEST ? label : label.substring(0, WIDEST - 1) + "~";
  }

  private static String padded(String text, String under) {
    return " ".repeat(Math.max(0, under.length() - text.length())) + text;
  }

  private int count(int label, int taken) {
    return scores.counts().get(label).get(taken);
  }

  private int of(int label) {
    return scores.counts().get(label).stream().mapToInt(n -> n).sum();
  }

  private double accuracy(int label) {
    return (double) count(label, label) / of(label);
  }

  /** All of it for programs. */
  Json json() {
    Map<String, Object> classes = new LinkedHashMap<>();
    Map<String, Object> confusion = new LinkedHashMap<>();
    for (int i = 0; i < scores.labels().size(); i++) {
      if (of(i) > 0) {
        classes.put(scores.labels().get(i), accuracy(i));
        Map<String, Object> row = new LinkedHashMap<>();
        for (int k = 0; k < scores.labels().size(); k++) {
          if (count(i, k) > 0) {
            row.put(scores.labels().get(k), count(i, k));
          }
        }
        confusion.put(scores.labels().get(i), row);
      }
    }
    return new Json()
        .put("accuracy", scores.accuracy())
        .put("macroF1", scores.macroF1())
        .put("commonest", scores.commonest())
        .put("pictures", scores.texts())
        .put("classes", classes)
        .put("confusion", confusion);
  }

  /** The pictures that were taken for another class, the surest first. */
  List<Integer> wrong() {
    List<Integer> all = new ArrayList<>();
    for (int i = 0; i < pictures.size(); i++) {
      if (found.get(i).number() != pictures.get(i).label()) {
        all.add(i);
      }
    }
    all.sort((a, b) -> Double.compare(found.get(b).probability(), found.get(a).probability()));
    return all;
  }
}
