package dev.lora4j.diffusion.train.objective;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lora4j.core.Lora4j;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Graph;
import dev.lora4j.core.tensor.Program;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.diffusion.sampling.NoiseLevel;
import dev.lora4j.diffusion.sampling.SchedulerConfig.Prediction;
import dev.lora4j.diffusion.train.objective.LatentSample.Mask;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Noisy latents, targets and losses of a program against diffusers and written out formulas. */
class StagedObjectiveTest {
  private static final Shape LATENT = Shape.of(4, 6, 10);
  private static final int VALUES = 240;
  private static final double[] WEIGHTS = {1, 0.5, 2};
  private static final int[] STEPS = {10, 400, 950};
  private static final double[] SHARES = {0.02, 0.4, 0.9};

  private static Lora4j lora;

  @BeforeAll
  static void open() {
    lora = Lora4j.open();
  }

  @AfterAll
  static void close() {
    lora.close();
  }

  static List<String> losses() {
    return Golden.names("loss.").stream().filter(n -> n.split("\\.", -1).length > 2).toList();
  }

  @ParameterizedTest
  @MethodSource("losses")
  void losses(String name) {
    String[] words = name.split("\\.", -1);
    Prediction prediction = Prediction.named(words[1]);
    boolean masked = words.length == 4;
    LossSettings loss = LossSettings.L2.with(loss(words[2])).withMasks(masked);
    ObjectiveSettings settings =
        ObjectiveSettings.PLAIN.with(loss).with(NoiseSettings.PLAIN.withInputPerturbation(0.1));
    Objective objective = new Objective(Golden.schedule(prediction), settings);
    List<LatentSample> samples = samples(masked);
    List<SampleDraw> draws = draws(objective, prediction, samples);
    try (Scope scope = lora.engine().scope("test");
        Program program = program(scope, objective)) {
      List<Tensor> inputs = new ArrayList<>(objective.batch(scope, samples, draws));
      inputs.add(Tensor.of(scope, Shape.of(3, 4, 6, 10), Golden.floats("loss.predicted")));
      List<Tensor> out = program.run(scope, inputs);
      Golden.close(Golden.floats("noisy." + words[1]), out.get(0).floats(), 1e-5);
      Golden.close(Golden.floats("target." + words[1]), out.get(1).floats(), 1e-5);
      Golden.close(Golden.floats(name), out.get(2).floats(), 1e-5);
      double mean = 0;
      for (float one : Golden.floats(name)) {
        mean += one / 3;
      }
      assertEquals(mean, out.get(3).floats()[0], 1e-5 * (1 + mean));
    }
  }

  @Test
  void oneProgramServesAllBatchesAndSizes() {
    LossSettings loss = LossSettings.L2.with(Losses.named("huber")).withMasks(true);
    ObjectiveSettings settings = ObjectiveSettings.DEFAULT.with(loss);
    Objective objective = new Objective(Golden.schedule(Prediction.V_PREDICTION), settings);
    try (Scope scope = lora.engine().scope("test");
        Program program = program(scope, objective)) {
      for (Shape shape : List.of(Shape.of(4, 6, 10), Shape.of(4, 3, 2), Shape.of(4, 8, 8))) {
        float[] clean = new float[(int) shape.elements()];
        List<LatentSample> all =
            List.of(LatentSample.of(shape, clean), LatentSample.of(shape, clean));
        for (int batch = 1; batch <= 2; batch++) {
          List<Tensor> inputs =
              new ArrayList<>(objective.batch(scope, 7, 0, all.subList(0, batch)));
          float[] none = new float[batch * clean.length];
          inputs.add(Tensor.of(scope, Shape.of(batch, 4, shape.size(1), shape.size(2)), none));
          assertEquals(batch, program.run(scope, inputs).get(2).floats().length);
        }
      }
    }
  }

  private static Loss loss(String name) {
    boolean thresholded = Losses.named(name).thresholded();
    return Losses.named(name, thresholded ? Map.of("huber_schedule", "exponential") : Map.of());
  }

  private static Program program(Scope scope, Objective objective) {
    Graph graph = new Graph();
    StagedObjective staged = objective.stage(graph, 4);
    long any = Shape.UNKNOWN;
    Expr predicted = graph.input("predicted", DType.F32, Shape.of(any, 4, any, any));
    return graph.inference(
        scope,
        List.of(staged.noisy(), staged.target(), staged.losses(predicted), staged.loss(predicted)));
  }

  private static List<LatentSample> samples(boolean masked) {
    float[] latents = Golden.floats("loss.latents");
    float[] masks = Golden.floats("loss.mask");
    List<LatentSample> samples = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      Mask mask = new Mask(48, 80, part(masks, i, 48 * 80));
      Optional<Mask> used = masked ? Optional.of(mask) : Optional.empty();
      samples.add(new LatentSample(LATENT, part(latents, i, VALUES), false, used));
    }
    return samples;
  }

  private static List<SampleDraw> draws(
      Objective objective, Prediction prediction, List<LatentSample> samples) {
    List<SampleDraw> draws = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      double share = SHARES[i];
      NoiseLevel level =
          prediction == Prediction.FLOW
              ? new NoiseLevel(1 - share, share, 1000 * share)
              : objective.schedule().level(STEPS[i]);
      float[] noise = part(Golden.floats("loss.noise"), i, VALUES);
      float[] seen = part(Golden.floats("loss.seen"), i, VALUES);
      SampleDraw drawn = objective.drawn(samples.get(i), level, noise, seen);
      draws.add(new SampleDraw(level, WEIGHTS[i], drawn.threshold(), noise, seen));
    }
    return draws;
  }

  private static float[] part(float[] all, int index, int size) {
    return Arrays.copyOfRange(all, index * size, (index + 1) * size);
  }
}
