package dev.lora4j.diffusion.style;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lora4j.core.Lora4j;
import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.adapter.lora.LoraMethod;
import dev.lora4j.core.nn.FlatLayout;
import dev.lora4j.core.nn.FlatParameters;
import dev.lora4j.core.nn.FrozenWeights;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.HostTensor;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.core.train.AdamW;
import dev.lora4j.core.train.Initialiser;
import dev.lora4j.core.train.StepSettings;
import dev.lora4j.core.train.TrainingRun;
import dev.lora4j.core.train.TrainingState;
import dev.lora4j.core.train.TrainingStep;
import dev.lora4j.diffusion.TinySd;
import dev.lora4j.diffusion.base.DiffusionModel;
import dev.lora4j.diffusion.pipeline.StableDiffusion;
import dev.lora4j.diffusion.unet.UNet;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Steps of LoRA training against peft and torch, from the same factors on the same batch. */
class TrainingParityTest {
  private static final double RATE = 1e-3;
  private static final StyleSettings SETTINGS =
      new StyleSettings(4, 2, 3, 2, RATE, 0, 0, DType.F32);

  @Test
  void lossAndFactorsFollowPeft() {
    try (Lora4j lora = Lora4j.open();
        TinySd tiny = new TinySd();
        StableDiffusion sd = StableDiffusion.load(lora, TinySd.FOLDER);
        Scope scope = sd.scope().child("test")) {
      DiffusionModel model = sd.base();
      Adapter adapter = sd.adapter(TinySd.FOLDER.resolve("lora-kohya.safetensors"));
      TrainingStep.Inputs in = new TrainingStep.Inputs();
      FlatParameters parameters = new FlatParameters(in.graph(), DType.F32);
      FactorsInTraining factors =
          new FactorsInTraining(
              parameters, site -> adapter.sites().containsKey(site.name()), SETTINGS);
      FrozenWeights frozen = new FrozenWeights(DType.F32, "");
      Expr loss = StyleTrainer.loss(in.graph(), model, new UNet(model.unet()), factors, frozen);
      TrainingStep step =
          TrainingStep.compile(scope, in, parameters, loss, StepSettings.of(AdamW.DEFAULT, 1e9));
      assertEquals(adapter.sites().size(), factors.count());

      TrainingState state = TrainingState.begin(scope, flat(factors.layout(), adapter), 0);
      List<Tensor> batch = batch(scope, tiny, model);
      TrainingRun run =
          step.bind(
              scope, state, factors.layout(), StyleTrainer.held(model, factors.scales(scope)));
      for (int i = 1; i <= 3; i++) {
        float expected = tiny.floats("train.loss" + i)[0];
        assertEquals(expected, run.step(RATE, batch).loss(), 1e-5 * expected);
        if (i == 1) {
          compare(tiny, factors.layout(), state.weights().floats());
        }
      }
    }
  }

  @Test
  void checkpointedBlocksChangeNoBit() {
    try (Lora4j lora = Lora4j.open();
        TinySd tiny = new TinySd();
        StableDiffusion sd = StableDiffusion.load(lora, TinySd.FOLDER);
        Scope scope = sd.scope().child("test")) {
      List<float[]> kept = threeSteps(scope, tiny, sd, false);
      List<float[]> checkpointed = threeSteps(scope, tiny, sd, true);
      for (int i = 0; i < kept.size(); i++) {
        assertArrayEquals(kept.get(i), checkpointed.get(i));
      }
    }
  }

  /** Weights and the optimiser's moments after three steps. */
  private static List<float[]> threeSteps(
      Scope scope, TinySd tiny, StableDiffusion sd, boolean checkpointed) {
    DiffusionModel model = sd.base();
    TrainingStep.Inputs in = new TrainingStep.Inputs();
    FlatParameters parameters = new FlatParameters(in.graph(), DType.F32);
    FactorsInTraining factors = new FactorsInTraining(parameters, site -> true, SETTINGS);
    FrozenWeights frozen = new FrozenWeights(DType.F32, "");
    UNet unet = new UNet(model.unet(), checkpointed);
    Expr loss = StyleTrainer.loss(in.graph(), model, unet, factors, frozen);
    TrainingStep step =
        TrainingStep.compile(scope, in, parameters, loss, StepSettings.of(AdamW.DEFAULT, 1));
    float[] initial = Initialiser.fill(factors.layout(), 5);
    TrainingState state = TrainingState.begin(scope, initial, 0);
    TrainingRun run =
        step.bind(scope, state, factors.layout(), StyleTrainer.held(model, factors.scales(scope)));
    for (int i = 0; i < 3; i++) {
      run.step(RATE, batch(scope, tiny, model));
    }
    return state.vectors();
  }

  private static float[] flat(FlatLayout layout, Adapter adapter) {
    float[] flat = new float[(int) layout.length()];
    for (FlatLayout.Slot slot : layout.slots()) {
      String name = slot.parameter().name();
      String site = name.substring(0, name.lastIndexOf('.'));
      Factors factors = adapter.at(site).get(0);
      String role = name.endsWith(".down") ? LoraMethod.DOWN : LoraMethod.UP;
      HostTensor tensor = factors.tensor(role);
      float[] values = new float[(int) tensor.shape().elements()];
      tensor.bytes().asFloatBuffer().get(values);
      System.arraycopy(values, 0, flat, (int) slot.offset(), values.length);
    }
    return flat;
  }

  private static List<Tensor> batch(Scope scope, TinySd tiny, DiffusionModel model) {
    float[] timesteps = tiny.floats("train.t");
    float[] alphas = new float[timesteps.length];
    for (int i = 0; i < alphas.length; i++) {
      alphas[i] = (float) model.schedule().alphaCumprod((int) timesteps[i]);
    }
    Shape rows = Shape.of(alphas.length);
    return new ArrayList<>(
        List.of(
            tiny.tensor(scope, "train.latents"),
            tiny.tensor(scope, "train.noise"),
            Tensor.of(scope, rows, alphas),
            Tensor.of(scope, rows, timesteps),
            Tensor.of(scope, rows, 1, 1),
            tiny.tensor(scope, "train.context")));
  }

  private static void compare(TinySd tiny, FlatLayout layout, float[] flat) {
    for (FlatLayout.Slot slot : layout.slots()) {
      String name = slot.parameter().name();
      String key =
          "lora_unet_" + name.substring("unet.".length(), name.lastIndexOf('.')).replace('.', '_');
      String half = name.endsWith(".down") ? ".lora_down.weight" : ".lora_up.weight";
      float[] expected = tiny.floats("train.after." + key + half);
      float[] found =
          java.util.Arrays.copyOfRange(
              flat, (int) slot.offset(), (int) slot.offset() + expected.length);
      // A step moves a factor by the learning rate; a hundredth of that is the tolerance.
      assertArrayEquals(expected, found, (float) (RATE * 1e-2), key + half);
    }
  }
}
