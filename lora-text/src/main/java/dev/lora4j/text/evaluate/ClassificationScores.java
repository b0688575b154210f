package dev.lora4j.text.evaluate;

import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.text.data.TokenSequence;
import dev.lora4j.text.encode.EncoderText;
import dev.lora4j.text.pipeline.ClassProbabilities;
import dev.lora4j.text.pipeline.TextClassifier;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;

/**
 * Confusion matrix of a classification.
 *
 * @param labels names of the classes
 * @param counts for each true class, how many of its texts were taken for each class
 */
public record ClassificationScores(List<String> labels, List<List<Integer>> counts) {
  /** Copies its lists. */
  public ClassificationScores {
    labels = List.copyOf(labels);
    counts = counts.stream().map(List::copyOf).toList();
  }

  /**
   * Classifies texts of known classes and scores the result.
   *
   * @param mix the model's adapters
   * @param listener receives the number of texts that are done
   */
  public static ClassificationScores of(
      TextClassifier model, List<TokenSequence> sequences, MixPlan mix, IntConsumer listener) {
    List<EncoderText> texts =
        sequences.stream().map(s -> EncoderText.of(s.ids()).with(mix)).toList();
    List<ClassProbabilities> found = model.classified(texts, listener);
    int classes = model.labels().size();
    List<List<Integer>> counts = new ArrayList<>();
    for (int i = 0; i < classes; i++) {
      counts.add(new ArrayList<>(Collections.nCopies(classes, 0)));
    }
    for (int i = 0; i < sequences.size(); i++) {
      List<Integer> row = counts.get(sequences.get(i).label());
      int taken = found.get(i).number();
      row.set(taken, row.get(taken) + 1);
    }
    return new ClassificationScores(model.labels(), counts);
  }

  /** Number of texts. */
  public int texts() {
    return IntStream.range(0, labels.size()).map(this::of).sum();
  }

  /** Share of texts with the right class. */
  public double accuracy() {
    int right = IntStream.range(0, labels.size()).map(i -> counts.get(i).get(i)).sum();
    return (double) right / texts();
  }

  /** The accuracy of always saying the commonest class. */
  public double commonest() {
    int most = IntStream.range(0, labels.size()).map(this::of).max().orElse(0);
    return (double) most / texts();
  }

  /** The harmonic mean of precision and recall of a class; 0 if no text is right. */
  public double f1(int label) {
    int right = counts.get(label).get(label);
    return right == 0 ? 0 : 2.0 * right / (of(label) + takenFor(label));
  }

  /** The mean of all classes' F1, of those that texts have or were taken for. */
  public double macroF1() {
    return IntStream.range(0, labels.size())
        .filter(i -> of(i) + takenFor(i) > 0)
        .mapToDouble(this::f1)
        .average()
        .orElse(0);
  }

  private int of(int label) {
    return counts.get(label).stream().mapToInt(n -> n).sum();
  }

  private int takenFor(int label) {
    return counts.stream().mapToInt(row -> row.get(label)).sum();
  }
}
