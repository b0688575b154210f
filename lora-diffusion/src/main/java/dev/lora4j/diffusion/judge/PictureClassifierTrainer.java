package dev.lora4j.diffusion.judge;

import dev.lora4j.core.nn.FlatLayout.Slot;
import dev.lora4j.core.nn.FlatParameters;
import dev.lora4j.core.nn.Parameter;
import dev.lora4j.core.nn.SiteAdapters;
import dev.lora4j.core.nn.Weights;
import dev.lora4j.core.safetensors.SafetensorsWriter;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Graph;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.core.train.Initialiser;
import dev.lora4j.core.train.SeededNoise;
import dev.lora4j.core.train.StepSettings;
import dev.lora4j.core.train.TrainingRun;
import dev.lora4j.core.train.TrainingState;
import dev.lora4j.core.train.TrainingStep;
import dev.lora4j.core.train.optimizer.AdamW;
import dev.lora4j.diffusion.dataset.Picture;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Trains a {@link PictureClassifier}: cross entropy of the softmax of scaled cosines (Wang et al.
 * 2017, NormFace), AdamW, a rate that falls by half a cosine. What is written is the moving average
 * of the weights.
 */
public final class PictureClassifierTrainer {
  private static final double SCALE = 16;
  private static final double AVERAGE_DECAY = 0.99;
  private static final int WARM_UP = 50;

  /** A picture and the label it should get, by its place among the labels. */
  public record Example(Picture picture, int label) {}

  /**
   * Settings of the training.
   *
   * @param side height and width of pictures, in pixels
   * @param change what copies of each picture undergo
   * @param copies how many there are beside the picture as it is
   * @param dropped dropout of the features, drawn for each example
   */
  public record Settings(
      JudgeNetwork size,
      int side,
      int steps,
      int batch,
      double rate,
      long seed,
      Augmentation change,
      int copies,
      double dropped) {}

  /** Receives each step. */
  @FunctionalInterface
  public interface Listener {
    /** {@code step} of {@code steps} was taken, with this loss. */
    void step(int step, int steps, float loss);
  }

  private final Settings settings;
  private final List<String> labels;
  private final List<Parameter> parameters;
  private final float[] weights;

  private PictureClassifierTrainer(
      Settings settings, List<String> labels, List<Parameter> parameters, float[] weights) {
    this.settings = settings;
    this.labels = labels;
    this.parameters = parameters;
    this.weights = weights;
  }

  /**
   * Trains from random weights.
   *
   * @param examples drawn from at random: a label at random, then one of its examples
   */
  public static PictureClassifierTrainer train(
      Scope scope,
      Settings settings,
      List<String> labels,
      List<Example> examples,
      Listener listener) {
    List<List<float[]>> byLabel = byLabel(settings, labels, examples);
    FeatureScaler standard = FeatureScaler.of(byLabel);
    try (Scope own = scope.child("classifier training")) {
      TrainingStep step = compile(own, settings, standard.length(), labels.size());
      float[] initial = Initialiser.fill(step.layout(), settings.seed());
      TrainingState state = TrainingState.begin(own, step, initial);
      TrainingRun run = step.bind(own, state);
      for (int i = 0; i < settings.steps(); i++) {
        try (Scope inputs = own.child("batch")) {
          List<Tensor> batch = batch(inputs, settings, standard, byLabel, i);
          float loss = run.step(rate(settings, i), batch).loss();
          listener.step(i + 1, settings.steps(), loss);
        }
      }
      float[] weights = state.evaluationWeights(own).floats();
      standard.fold(step.layout(), weights);
      List<Parameter> parameters = step.layout().slots().stream().map(Slot::parameter).toList();
      return new PictureClassifierTrainer(settings, labels, parameters, weights);
    }
  }

  /** The features of all examples and of their copies. */
  private static List<List<float[]>> byLabel(
      Settings settings, List<String> labels, List<Example> examples) {
    List<List<float[]>> byLabel = new ArrayList<>();
    labels.forEach(l -> byLabel.add(new ArrayList<>()));
    PictureFeatures features = settings.size().features();
    for (int i = 0; i < examples.size(); i++) {
      Example example = examples.get(i);
      List<float[]> of = byLabel.get(example.label());
      of.add(features.of(example.picture()));
      for (int copy = 0; copy < settings.copies(); copy++) {
        SeededNoise noise = SeededNoise.of(settings.seed(), i, copy, 2);
        of.add(features.of(settings.change().of(example.picture(), noise)));
      }
    }
    for (int label = 0; label < labels.size(); label++) {
      if (byLabel.get(label).isEmpty()) {
        throw new IllegalArgumentException(
            "There is no example of '" + labels.get(label) + "', so it cannot be learnt.");
      }
    }
    return byLabel;
  }

  private static TrainingStep compile(Scope scope, Settings settings, int length, int labels) {
    Graph graph = new Graph();
    FlatParameters parameters = new FlatParameters(graph, DType.F32);
    Weights at = Weights.of(graph, "judge", parameters, SiteAdapters.NONE);
    Expr x = graph.input("features", DType.F32, Shape.of(Shape.UNKNOWN, length));
    Expr right = graph.input("right", DType.I64, Shape.of(Shape.UNKNOWN));
    Expr loss = settings.size().cosines(at, x, labels).mul(SCALE).crossEntropy(1, right);
    StepSettings how = StepSettings.of(AdamW.DEFAULT, 1.0).averaging(AVERAGE_DECAY);
    return TrainingStep.compile(scope, parameters, loss, how);
  }

  private static List<Tensor> batch(
      Scope scope,
      Settings settings,
      FeatureScaler standard,
      List<List<float[]>> byLabel,
      int step) {
    SeededNoise noise = SeededNoise.of(settings.seed(), step, 1);
    int batch = settings.batch();
    int length = standard.length();
    float[] rows = new float[batch * length];
    ByteBuffer right = ByteBuffer.allocate(batch * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < batch; i++) {
      int label = noise.index(byLabel.size());
      List<float[]> of = byLabel.get(label);
      float[] drawn = of.get(noise.index(of.size()));
      for (int k = 0; k < length; k++) {
        boolean dropped = noise.uniform() < settings.dropped();
        rows[i * length + k] = dropped ? 0 : standard.of(drawn[k], k);
      }
      right.putLong(label);
    }
    return List.of(
        Tensor.of(scope, Shape.of(batch, length), rows),
        Tensor.of(scope, DType.I64, Shape.of(batch), right.flip()));
  }

  private static double rate(Settings settings, int step) {
    double cooling = (1 + Math.cos(Math.PI * step / settings.steps())) / 2;
    return settings.rate() * Math.min(1, (step + 1.0) / WARM_UP) * Math.max(0.01, cooling);
  }

  /**
   * Writes it, with weights in F16.
   *
   * @param accuracies values of {@link PictureClassifier#accuracies}
   */
  public void write(Scope scope, Path file, Map<String, Double> accuracies) {
    Map<String, String> told = new LinkedHashMap<>();
    told.put(PictureClassifier.LABELS, String.join("\n", labels));
    told.put(PictureClassifier.SIZE, settings.size().text());
    told.put(PictureClassifier.SIDE, Integer.toString(settings.side()));
    accuracies.forEach((of, share) -> told.put(PictureClassifier.ACCURACY + of, share.toString()));
    SafetensorsWriter writer = new SafetensorsWriter().metadata(told);
    int from = 0;
    try (Scope writing = scope.child("writing")) {
      for (Parameter parameter : parameters) {
        int to = from + Math.toIntExact(parameter.shape().elements());
        Tensor full = Tensor.of(writing, parameter.shape(), Arrays.copyOfRange(weights, from, to));
        writer.add(
            parameter.name(), DType.F16, parameter.shape(), full.to(writing, DType.F16).bytes());
        from = to;
      }
      writer.write(file);
    }
  }
}
