package dev.lora4j.diffusion.judge;

import dev.lora4j.core.model.Network;
import dev.lora4j.core.model.NetworkWeights;
import dev.lora4j.core.nn.SiteAdapters;
import dev.lora4j.core.nn.WeightStore;
import dev.lora4j.core.safetensors.Safetensors;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Engine;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.diffusion.dataset.Picture;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A trained {@link JudgeNetwork} at work: scores pictures for each of its labels. The file has its
 * labels, and its accuracies on pictures unseen in training.
 */
public final class PictureClassifier implements AutoCloseable {
  static final String LABELS = "labels";
  static final String SIZE = "size";
  static final String SIDE = "side";
  static final String ACCURACY = "accuracy:";
  private static final int AT_ONCE = 256;

  private final Scope scope;
  private final Network network;
  private final WeightStore weights;
  private final JudgeNetwork size;
  private final List<String> labels;
  private final int side;
  private final Map<String, Double> accuracies;

  private PictureClassifier(
      Scope scope,
      Network network,
      WeightStore weights,
      JudgeNetwork size,
      List<String> labels,
      int side,
      Map<String, Double> accuracies) {
    this.scope = scope;
    this.network = network;
    this.weights = weights;
    this.size = size;
    this.labels = labels;
    this.side = side;
    this.accuracies = accuracies;
  }

  /**
   * Reads a file that {@link PictureClassifierTrainer} wrote.
   *
   * @throws IllegalArgumentException if it is another file
   */
  public static PictureClassifier load(Engine engine, Path file) {
    Map<String, String> told;
    try (Safetensors opened = Safetensors.open(file)) {
      told = opened.metadata();
    }
    List<String> labels = List.of(said(file, told, LABELS).split("\n", -1));
    JudgeNetwork size = JudgeNetwork.of(said(file, told, SIZE));
    int side = Integer.parseInt(said(file, told, SIDE));
    Map<String, Double> accuracies = new TreeMap<>();
    told.forEach(
        (key, value) -> {
          if (key.startsWith(ACCURACY)) {
            accuracies.put(key.substring(ACCURACY.length()), Double.valueOf(value));
          }
        });
    Scope scope = engine.scope("classifier");
    try {
      int length = size.features().of(ControlPictures.blank(side, side)).length;
      Network.Staging staging = staging(size, length, labels.size());
      WeightStore weights =
          NetworkWeights.load(scope, file, DType.F32, Network.parameters(DType.F32, staging));
      Network network = Network.compile(scope, "judge", DType.F32, staging);
      return new PictureClassifier(scope, network, weights, size, labels, side, accuracies);
    } catch (RuntimeException | Error e) {
      scope.close();
      throw e;
    }
  }

  private static String said(Path file, Map<String, String> told, String key) {
    return Optional.ofNullable(told.get(key))
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    file
                        + " is no picture classifier: its metadata lack '"
                        + key
                        + "'; expected a file that ClassifierTrainer wrote."));
  }

  private static Network.Staging staging(JudgeNetwork size, int length, int labels) {
    return (graph, weights) -> {
      Expr x = graph.input("features", DType.F32, Shape.of(Shape.UNKNOWN, length));
      return List.of(size.cosines(weights.apply(SiteAdapters.NONE), x, labels));
    };
  }

  /** Labels of the classes. */
  public List<String> labels() {
    return labels;
  }

  /** Height and width that pictures must have, in pixels. */
  public int side() {
    return side;
  }

  /**
   * Accuracies on pictures unseen in training, from 0 to 1, by kind of picture; the trainer of the
   * classifier defines which answers are right.
   */
  public Map<String, Double> accuracies() {
    return accuracies;
  }

  /**
   * Cosines of the angles between the vector of each picture and that of each label, from -1 to 1.
   *
   * @return a row for each picture, in the order of {@link #labels}
   * @throws IllegalArgumentException if a picture is not {@link #side} pixels high and wide
   */
  public List<float[]> cosines(List<Picture> pictures) {
    for (Picture picture : pictures) {
      if (picture.width() != side || picture.height() != side) {
        throw new IllegalArgumentException(
            "The classifier looks at pictures of %dx%d pixels, but %s has %dx%d; resize it first."
                .formatted(side, side, picture.name(), picture.width(), picture.height()));
      }
    }
    List<float[]> rows = new ArrayList<>();
    for (int from = 0; from < pictures.size(); from += AT_ONCE) {
      List<Picture> some = pictures.subList(from, Math.min(pictures.size(), from + AT_ONCE));
      try (Scope one = scope.child("batch")) {
        Tensor batch = features(one, some);
        float[] all = network.run(one, weights, Map.of("features", batch)).get(0).floats();
        for (int i = 0; i < some.size(); i++) {
          rows.add(Arrays.copyOfRange(all, i * labels.size(), (i + 1) * labels.size()));
        }
      }
    }
    return rows;
  }

  /**
   * By how much the cosine of a label is above that of the nearest other one, from -2 to 2, for
   * each picture.
   *
   * @param own number of each picture's label
   */
  double[] margins(List<Picture> pictures, List<Integer> own) {
    List<float[]> rows = cosines(pictures);
    double[] margins = new double[rows.size()];
    for (int i = 0; i < margins.length; i++) {
      margins[i] = margin(rows.get(i), own.get(i));
    }
    return margins;
  }

  /** The same of a row of {@link #cosines}. */
  static double margin(float[] cosines, int own) {
    double nearest = -1;
    for (int label = 0; label < cosines.length; label++) {
      nearest = label == own ? nearest : Math.max(nearest, cosines[label]);
    }
    return cosines[own] - nearest;
  }

  private Tensor features(Scope batch, List<Picture> pictures) {
    List<float[]> rows = pictures.stream().map(size.features()::of).toList();
    int length = rows.get(0).length;
    float[] all = new float[rows.size() * length];
    for (int i = 0; i < rows.size(); i++) {
      System.arraycopy(rows.get(i), 0, all, i * length, length);
    }
    return Tensor.of(batch, Shape.of(rows.size(), length), all);
  }

  @Override
  public void close() {
    scope.close();
  }
}
