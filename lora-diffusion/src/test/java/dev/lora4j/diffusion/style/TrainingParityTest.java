package dev.lora4j.diffusion.style;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.Lora4j;
import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.adapter.lora.LoraMethod;
import dev.lora4j.core.nn.FlatLayout;
import dev.lora4j.core.tensor.Graph;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.core.tensor.host.HostTensor;
import dev.lora4j.core.train.StepSettings;
import dev.lora4j.core.train.TrainingRun;
import dev.lora4j.core.train.TrainingState;
import dev.lora4j.core.train.TrainingStep;
import dev.lora4j.core.train.adapter.AdapterPlan;
import dev.lora4j.core.train.adapter.TargetLayers;
import dev.lora4j.core.train.adapter.TargetPreset;
import dev.lora4j.core.train.optimizer.AdamW;
import dev.lora4j.core.train.run.Staging;
import dev.lora4j.core.train.run.TaskLoss;
import dev.lora4j.diffusion.TinySd;
import dev.lora4j.diffusion.base.DiffusionModel;
import dev.lora4j.diffusion.pipeline.StableDiffusion;
import dev.lora4j.diffusion.train.objective.Objective;
import dev.lora4j.diffusion.train.objective.ObjectiveSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Steps of LoRA training against peft and torch, from the same factors on the same batch. */
class TrainingParityTest {
  private static final double RATE = 1e-3;

  @Test
  void lossAndFactorsFollowPeft() {
    try (Lora4j lora = Lora4j.open();
        TinySd tiny = new TinySd();
        StableDiffusion sd = StableDiffusion.open(lora, TinySd.FOLDER);
        Scope scope = sd.scope().child("test")) {
      Adapter adapter = sd.adapter(TinySd.FOLDER.resolve("lora-kohya.safetensors"));
      TargetLayers targets = TargetLayers.matching(adapter.sites().keySet().toArray(new String[0]));
      Staged staged = stage(scope, sd.base(), targets, Memory.ALL, 1e9);
      assertEquals(adapter.sites().size(), staged.program().factors().count());
      float[] initial = flat(staged.layout(), adapter);
      TrainingState state = TrainingState.begin(scope, staged.step(), staged.layout(), initial);
      TrainingRun run = staged.bind(scope, sd.base(), state, initial);
      List<Tensor> batch = batch(scope, tiny, sd.base());
      for (int i = 1; i <= 3; i++) {
        float expected = tiny.floats("train.loss" + i)[0];
        assertEquals(expected, run.step(RATE, batch).loss(), 1e-5 * expected);
        if (i == 1) {
          compare(tiny, staged.layout(), state.weights().floats());
        }
      }
    }
  }

  /** What is kept for the gradient. */
  private enum Memory {
    ALL(false, false),
    CHECKPOINTED(true, false),
    SPARED(false, true),
    CHECKPOINTED_AND_SPARED(true, true);

    private final boolean checkpointed;
    private final boolean spared;

    Memory(boolean checkpointed, boolean spared) {
      this.checkpointed = checkpointed;
      this.spared = spared;
    }

    Graph graph() {
      Graph graph = new Graph();
      if (spared) {
        graph.lowMemory();
      }
      return graph;
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"all", "linear", "attention"})
  void sparingMemoryChangesNoBit(String preset) {
    TargetPreset trained = TargetPreset.named(preset);
    try (Lora4j lora = Lora4j.open();
        TinySd tiny = new TinySd();
        StableDiffusion sd = StableDiffusion.open(lora, TinySd.FOLDER);
        Scope scope = sd.scope().child("test")) {
      Map<String, HostTensor> kept = threeSteps(scope, tiny, sd.base(), trained, Memory.ALL);
      for (Memory memory : Memory.values()) {
        Map<String, HostTensor> less = threeSteps(scope, tiny, sd.base(), trained, memory);
        assertEquals(kept.keySet(), less.keySet());
        kept.forEach((name, tensor) -> assertEquals(tensor, less.get(name), memory + " " + name));
      }
    }
  }

  @Test
  void largeBasesSpareMemory() {
    long gigabyte = 1L << 30;
    assertTrue(StyleProgram.spares(2 * gigabyte));
    assertFalse(StyleProgram.spares(gigabyte / 16));
  }

  /** A staged and compiled step. */
  private record Staged(TaskLoss program, TrainingStep step) {
    FlatLayout layout() {
      return program.factors().layout();
    }

    TrainingRun bind(Scope scope, DiffusionModel model, TrainingState state, float[] initial) {
      Map<String, Tensor> own = program.factors().held(scope, initial);
      return step.bind(
          scope,
          state,
          layout(),
          name ->
              Optional.ofNullable(own.get(name)).orElseGet(() -> StyleProgram.held(model, name)));
    }
  }

  private static Staged stage(
      Scope scope, DiffusionModel model, TargetLayers targets, Memory memory, double clip) {
    // The alpha of the adapter that the reference starts from is half of its rank.
    StyleSettings settings =
        StyleSettings.DEFAULT
            .with(StyleSettings.DEFAULT.recipe().targets(targets).rank(4, 2))
            .withCheckpointing(memory.checkpointed);
    AdapterPlan plan = settings.recipe().plan(model.sites().all());
    Objective objective = new Objective(model.schedule(), ObjectiveSettings.PLAIN);
    TaskLoss program =
        StyleProgram.stage(
            memory.graph(), model, plan, objective, settings, Staging.Purpose.TRAINING);
    TrainingStep step =
        TrainingStep.compile(
            scope, program.parameters(), program.loss(), StepSettings.of(AdamW.DEFAULT, clip));
    return new Staged(program, step);
  }

  /** Weights and the optimiser's moments after three steps. */
  private static Map<String, HostTensor> threeSteps(
      Scope scope, TinySd tiny, DiffusionModel model, TargetPreset trained, Memory memory) {
    Staged staged = stage(scope, model, TargetLayers.of(trained), memory, 1);
    float[] initial = staged.program().factors().initial(scope, 5, site -> Tensor.scalar(scope, 0));
    TrainingState state = TrainingState.begin(scope, staged.step(), staged.layout(), initial);
    TrainingRun run = staged.bind(scope, model, state, initial);
    for (int i = 0; i < 3; i++) {
      run.step(RATE, batch(scope, tiny, model));
    }
    return state.contents();
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

  /** What {@link StyleProgram} declares: the captions, then the objective's inputs. */
  private static List<Tensor> batch(Scope scope, TinySd tiny, DiffusionModel model) {
    float[] timesteps = tiny.floats("train.t");
    float[] signal = new float[timesteps.length];
    float[] noise = new float[timesteps.length];
    for (int i = 0; i < timesteps.length; i++) {
      double alpha = model.schedule().alphaCumprod((int) timesteps[i]);
      signal[i] = (float) Math.sqrt(alpha);
      noise[i] = (float) Math.sqrt(1 - alpha);
    }
    Shape rows = Shape.of(timesteps.length);
    return new ArrayList<>(
        List.of(
            tiny.tensor(scope, "train.context"),
            tiny.tensor(scope, "train.latents"),
            tiny.tensor(scope, "train.noise"),
            Tensor.of(scope, rows, signal),
            Tensor.of(scope, rows, noise),
            Tensor.of(scope, rows, timesteps),
            Tensor.of(scope, rows, 1, 1)));
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
