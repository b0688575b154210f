package dev.lora4j.whisper.train;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lora4j.core.Lora4j;
import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.nn.FlatLayout;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Graph;
import dev.lora4j.core.tensor.HeldInputs;
import dev.lora4j.core.tensor.Program;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.core.tensor.host.HostTensor;
import dev.lora4j.core.train.adapter.AdapterRecipe;
import dev.lora4j.core.train.adapter.TargetLayers;
import dev.lora4j.core.train.optimizer.AdamW;
import dev.lora4j.core.train.run.Staging;
import dev.lora4j.core.train.run.TaskLoss;
import dev.lora4j.core.train.run.TrainingSettings;
import dev.lora4j.core.train.run.TrainingTask;
import dev.lora4j.core.train.schedule.Decays;
import dev.lora4j.core.train.schedule.RateSchedule;
import dev.lora4j.text.data.SequenceLimits;
import dev.lora4j.text.data.TokenSequence;
import dev.lora4j.text.train.TextTrainer;
import dev.lora4j.text.train.TextTrainingSettings;
import dev.lora4j.whisper.Goldens;
import dev.lora4j.whisper.SpeechModel;
import dev.lora4j.whisper.audio.Wave;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** A step of training against PEFT and torch ({@code tiny_whisper.py}), in F32. */
class SpeechStepTest {
  private static final String STEPS = "steps.safetensors";
  private static final Lora4j LORA = Lora4j.open();
  private static final SpeechModel MODEL = SpeechModel.open(LORA, Goldens.TINY);

  @AfterAll
  static void close() {
    MODEL.close();
    LORA.close();
  }

  /** Sounds with their tokens and labels. */
  private static List<TokenSequence> batch(int number) {
    double[] labels = Goldens.tensor(STEPS, "labels").doubles();
    List<Wave> sounds = Goldens.sounds();
    List<TokenSequence> all = new ArrayList<>();
    for (int row = 0; row < 2; row++) {
      int from = (number * 2 + row) * 9;
      int[] target =
          Arrays.stream(labels, from, from + 9)
              .mapToInt(d -> (int) d)
              .takeWhile(t -> t >= 0)
              .toArray();
      all.add(TokenSequence.of(MODEL.spectra().features(sounds.get(row)), target));
    }
    return all;
  }

  private static TextTrainer trainer() {
    Adapter adapter = MODEL.adapter(Goldens.RESOURCES.resolve("adapter"));
    AdapterRecipe recipe =
        AdapterRecipe.DEFAULT.targets(TargetLayers.matching()).rank(4, 6).from(adapter);
    TrainingSettings training =
        TrainingSettings.of(AdamW.DEFAULT, 1e-3, RateSchedule.of(Decays.named("constant"), 4));
    return TextTrainer.on(
            MODEL.language(),
            new TextTrainingSettings(
                recipe,
                training.withStored(DType.F32),
                new SequenceLimits(Integer.MAX_VALUE, SequenceLimits.Longer.CUT, false),
                2,
                0))
        .sequences(batch(0), List.of());
  }

  @Test
  void lossAndGradientsAreThoseOfPeft() {
    TrainingTask task = trainer().task();
    Staging staging =
        new Staging(new Graph(), DType.F32, task.groups(), task.plan(), Staging.Purpose.TRAINING);
    TaskLoss staged = staging.staged(task.loss(staging));
    FlatLayout layout = staged.factors().layout();
    float[] factors = new float[Math.toIntExact(layout.length())];
    Map<String, String> names = new HashMap<>();
    for (FlatLayout.Slot slot : layout.slots()) {
      String name = peft(slot.parameter().name());
      names.put(slot.parameter().name(), name);
      float[] values = Goldens.tensor(STEPS, "first." + name).floats();
      System.arraycopy(values, 0, factors, Math.toIntExact(slot.offset()), values.length);
    }
    try (Scope scope = MODEL.language().scope().child("step")) {
      Expr loss = staged.loss();
      List<Expr> outputs = List.of(loss.detach(), staged.parameters().gradient(loss));
      Program program = staged.parameters().graph().training(scope, outputs);
      Tensor flat = HostTensor.of(Shape.of(factors.length), factors).on(scope, DType.F32);
      Map<String, Tensor> own = staged.factors().held(scope, factors);
      HeldInputs held =
          program.hold(
              scope,
              name ->
                  layout
                      .slot(name)
                      .map(s -> flat.view(scope, s.offset(), s.parameter().shape()))
                      .or(() -> Optional.ofNullable(own.get(name)))
                      .orElseGet(() -> task.held(name)));
      List<Tensor> found = program.run(scope, held, task.batches(0, 1).get(0).inputs(scope));
      double expected = Goldens.tensor(STEPS, "losses").doubles()[0];
      assertEquals(expected, HostTensor.of(found.get(0)).doubles()[0], 1e-5 * expected);
      float[] gradient = HostTensor.of(found.get(1)).floats();
      for (FlatLayout.Slot slot : layout.slots()) {
        String name = names.getOrDefault(slot.parameter().name(), "");
        double[] wanted = Goldens.tensor(STEPS, "gradient." + name).doubles();
        double[] got = new double[wanted.length];
        Arrays.setAll(got, i -> gradient[Math.toIntExact(slot.offset()) + i]);
        Goldens.assertClose(wanted, got, 1e-4);
      }
    }
  }

  /** PEFT's name of a factor. */
  private static String peft(String name) {
    String layer = name.substring(name.indexOf("model."), name.lastIndexOf('.'));
    String role = name.substring(name.lastIndexOf('.') + 1);
    return "base_model.model."
        + layer
        + (role.equals("down") ? ".lora_A" : ".lora_B")
        + ".default.weight";
  }
}
