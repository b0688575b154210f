package dev.lora4j.vision.train;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lora4j.core.Lora4j;
import dev.lora4j.core.model.BasePrecision;
import dev.lora4j.core.nn.FlatLayout;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Graph;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.core.tensor.host.HostTensor;
import dev.lora4j.core.train.StepSettings;
import dev.lora4j.core.train.TrainingRun;
import dev.lora4j.core.train.TrainingState;
import dev.lora4j.core.train.TrainingStep;
import dev.lora4j.core.train.adapter.AdapterRecipe;
import dev.lora4j.core.train.adapter.TargetLayers;
import dev.lora4j.core.train.optimizer.AdamW;
import dev.lora4j.core.train.run.Staging;
import dev.lora4j.core.train.run.TaskLoss;
import dev.lora4j.core.train.run.TrainingTask;
import dev.lora4j.diffusion.dataset.image.PixelMap;
import dev.lora4j.vision.Goldens;
import dev.lora4j.vision.VisionModel;
import dev.lora4j.vision.data.Augmentation;
import dev.lora4j.vision.data.ClassedPicture;
import dev.lora4j.vision.data.PicturePreparation;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Steps of training against PEFT and torch, whose norms go by stored statistics too ({@code
 * tiny_resnets.py}): six steps of AdamW, the losses and what becomes of factors and head.
 */
class VisionStepTest {
  private static final int SIDE = 48;
  private static final double RATE = 1e-3;
  private static final Lora4j LORA = Lora4j.open();

  @AfterAll
  static void close() {
    LORA.close();
  }

  /** Three pictures as wide and high as the network reads them, of the classes 2, 0 and 1. */
  private static List<ClassedPicture> pictures(String name) {
    double[] all = Goldens.expected(name, "pictures").doubles();
    List<ClassedPicture> pictures = new ArrayList<>();
    int each = SIDE * SIDE * 3;
    for (int i = 0; i < 3; i++) {
      byte[] samples = new byte[each];
      for (int k = 0; k < each; k++) {
        samples[k] = (byte) (int) all[i * each + k];
      }
      PixelMap pixels = new PixelMap(SIDE, SIDE, 3, samples);
      pictures.add(new ClassedPicture("picture " + i, "" + i, pixels, (i + 2) % 3));
    }
    return pictures;
  }

  private static TrainingTask task(VisionModel model, String name) {
    AdapterRecipe recipe =
        AdapterRecipe.DEFAULT
            .targets(TargetLayers.matching())
            .rank(2, 3)
            .from(model.adapter(Goldens.RESOURCES.resolve("adapter-" + name)));
    VisionTrainingSettings settings =
        VisionTrainingSettings.DEFAULT
            .with(recipe)
            .batch(3)
            .with(PicturePreparation.IMAGENET.sized(SIDE))
            .with(Augmentation.NONE);
    return VisionTrainer.on(model, settings).pictures(pictures(name), List.of()).task();
  }

  @ParameterizedTest
  @CsvSource({
    "basic, F64, 1e-8",
    "bottleneck, F64, 1e-8",
    "folder, F64, 1e-8",
    "basic, F32, 1e-5",
    "bottleneck, F32, 1e-5",
    "folder, F32, 1e-5"
  })
  void sixStepsAreThoseOfPeft(String name, DType compute, double share) {
    Scope owner = LORA.engine().scope("model");
    BasePrecision precision = BasePrecision.in(compute);
    try (VisionModel model =
        VisionModel.open(owner, Goldens.model(name), precision, List.of(), 0)) {
      TrainingTask task = task(model, name);
      Staging staging =
          new Staging(new Graph(), compute, task.groups(), task.plan(), Staging.Purpose.TRAINING);
      TaskLoss program = staging.staged(task.loss(staging));
      FlatLayout layout = program.factors().layout();
      Scope scope = model.scope().child("steps");
      float[] start = flat(layout, name, "first.");
      StepSettings how = StepSettings.of(new AdamW(0.9, 0.999, 1e-8, 1e-2), 0);
      TrainingStep step = TrainingStep.compile(scope, program.parameters(), program.loss(), how);
      TrainingState state = TrainingState.begin(scope, step, layout, start);
      Map<String, Tensor> own = program.factors().held(scope, start);
      double[] losses = Goldens.expected(name, "losses").doubles();
      try (TrainingRun run =
          step.bind(
              scope,
              state,
              layout,
              n -> Optional.ofNullable(own.get(n)).orElseGet(() -> task.held(n)))) {
        for (int i = 0; i < losses.length; i++) {
          try (Scope work = scope.child("batch")) {
            List<Tensor> batch = task.batches(i, 1).get(0).inputs(work);
            // Losses are told in F32.
            double bound = Math.max(share, 2e-7) * losses[i];
            assertEquals(losses[i], run.step(RATE, 1, batch).loss(), bound, "step " + i);
          }
        }
      }
      double[] trained = HostTensor.of(state.weights()).doubles();
      for (FlatLayout.Slot slot : layout.slots()) {
        double[] expected = Goldens.expected(name, "last." + peft(slot)).doubles();
        int from = Math.toIntExact(slot.offset());
        double[] found = Arrays.copyOfRange(trained, from, from + expected.length);
        // A small gradient decides the sign of a whole step of AdamW; in F32 it has few digits.
        Goldens.assertClose(expected, found, compute == DType.F64 ? share : 1e-3);
      }
    }
  }

  private static float[] flat(FlatLayout layout, String name, String part) {
    float[] all = new float[Math.toIntExact(layout.length())];
    for (FlatLayout.Slot slot : layout.slots()) {
      double[] values = Goldens.expected(name, part + peft(slot)).doubles();
      for (int i = 0; i < values.length; i++) {
        all[Math.toIntExact(slot.offset()) + i] = (float) values[i];
      }
    }
    return all;
  }

  /** PEFT's name of what is trained. */
  private static String peft(FlatLayout.Slot slot) {
    String name = slot.parameter().name();
    int end = name.lastIndexOf('.');
    String layer = name.substring(VisionModel.MODEL.length() + 1, end);
    String role = name.substring(end + 1).replace("new_", "");
    String path = "base_model.model." + layer;
    return switch (role) {
      case "down" -> path + ".lora_A.default.weight";
      case "up" -> path + ".lora_B.default.weight";
      default ->
          layer.equals("fc")
              ? path + ".modules_to_save.default." + role
              : path.replace(".1", ".modules_to_save.default.1.") + role;
    };
  }
}
