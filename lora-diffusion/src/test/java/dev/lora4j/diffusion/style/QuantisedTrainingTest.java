package dev.lora4j.diffusion.style;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.adapter.training.TrainableMethods;
import dev.lora4j.core.nn.FlatLayout;
import dev.lora4j.core.safetensors.Safetensors;
import dev.lora4j.core.safetensors.SafetensorsWriter;
import dev.lora4j.core.safetensors.TensorInfo;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Engine;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.HeldInputs;
import dev.lora4j.core.tensor.Program;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.core.tensor.host.HostTensor;
import dev.lora4j.core.train.StepSettings;
import dev.lora4j.core.train.TrainingRun;
import dev.lora4j.core.train.TrainingState;
import dev.lora4j.core.train.TrainingStep;
import dev.lora4j.core.train.adapter.AdapterRecipe;
import dev.lora4j.core.train.optimizer.AdamW;
import dev.lora4j.core.train.run.Staging;
import dev.lora4j.core.train.run.TaskLoss;
import dev.lora4j.diffusion.TinySd;
import dev.lora4j.diffusion.base.DiffusionModel;
import dev.lora4j.diffusion.base.LoadOptions;
import dev.lora4j.diffusion.sampling.SchedulerConfig.Prediction;
import dev.lora4j.diffusion.train.objective.Objective;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Training on a denoiser in 4 bits against diffusers, peft and bitsandbytes, in F32. */
class QuantisedTrainingTest {
  private static final double RATE = 1e-2;
  private static final Path RESOURCES = Path.of("src/test/resources");
  private static final String UNET = "unet/diffusion_pytorch_model.safetensors";
  private static final Engine ENGINE = Engine.open();
  private static final ParityNumbers GOLDEN =
      new ParityNumbers(RESOURCES.resolve("quantised-training.safetensors"));

  @TempDir private static Path folder;

  @AfterAll
  static void close() {
    GOLDEN.close();
    ENGINE.close();
  }

  /** The base, of whose denoiser the linear layers are in 4 bits. */
  private static Path base() throws IOException {
    Path base = folder.resolve("tiny-sd-nf4");
    if (Files.exists(base)) {
      return base;
    }
    try (Stream<Path> all = Files.walk(TinySd.FOLDER)) {
      all.filter(Files::isRegularFile).forEach(file -> copy(file, base));
    }
    Map<String, HostTensor> tensors = new HashMap<>();
    read(TinySd.FOLDER.resolve(UNET), tensors);
    read(RESOURCES.resolve("tiny-sd-nf4.safetensors"), tensors);
    SafetensorsWriter writer = new SafetensorsWriter();
    tensors.forEach((name, t) -> writer.add(name, t.dtype(), t.shape(), t.bytes()));
    writer.write(base.resolve(UNET));
    return base;
  }

  private static void copy(Path file, Path base) {
    Path to = base.resolve(TinySd.FOLDER.relativize(file).toString());
    try {
      Files.createDirectories(to.getParent());
      Files.copy(file, to);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void read(Path file, Map<String, HostTensor> tensors) {
    try (Safetensors opened = Safetensors.open(file)) {
      for (TensorInfo info : opened.tensors().values()) {
        HostTensor tensor =
            HostTensor.owning(info.dtype(), info.shape(), opened.bytes(info.name()));
        tensors.put(info.name(), tensor);
      }
    }
  }

  private static StyleSettings settings(String at) {
    ParityCase like = at.endsWith("dora") ? ParityCase.DORA : ParityCase.LORA;
    AdapterRecipe recipe = ParityCase.LORA.settings().recipe();
    return like == ParityCase.LORA
        ? like.settings()
        : StyleSettings.DEFAULT
            .with(recipe.method(TrainableMethods.named("dora", Map.of("convention", "peft"))))
            .with(like.settings().objective());
  }

  /** A base with the program of a step. */
  private record Staged(Scope scope, DiffusionModel model, Objective objective, TaskLoss program)
      implements AutoCloseable {
    static Staged of(String at) throws IOException {
      Scope scope = ENGINE.scope(at);
      DiffusionModel model =
          DiffusionModel.load(
              scope, base(), LoadOptions.in(DType.F32).predicting(Prediction.EPSILON));
      StyleSettings settings = settings(at);
      Objective objective = new Objective(model.schedule(), settings.objective());
      TaskLoss program =
          StyleProgram.stage(
              model,
              settings.recipe().plan(model.sites().all()),
              objective,
              settings,
              Staging.Purpose.TRAINING);
      return new Staged(scope, model, objective, program);
    }

    FlatLayout layout() {
      return program.factors().layout();
    }

    Function<String, Tensor> held(float[] start) {
      Map<String, Tensor> own = program.factors().held(scope, start);
      return name ->
          Optional.ofNullable(own.get(name)).orElseGet(() -> StyleProgram.held(model, name));
    }

    List<Tensor> batch(Scope work, int number) {
      return new ParityBatch(number).inputs(work, model, objective, false);
    }

    @Override
    public void close() {
      scope.close();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"nf4", "nf4-dora"})
  void lossAndGradients(String at) throws IOException {
    try (Staged staged = Staged.of(at)) {
      assertTrue(staged.model().denoiserWeights().forms().size() > 30);
      FlatLayout layout = staged.layout();
      float[] start = ParityNumbers.start(layout);
      Expr loss = staged.program().loss();
      List<Expr> outputs = List.of(loss.detach(), staged.program().parameters().gradient(loss));
      Scope scope = staged.scope();
      Program compiled = staged.program().parameters().graph().training(scope, outputs);
      Tensor flat = Tensor.of(scope, Shape.of(start.length), start);
      Function<String, Tensor> frozen = staged.held(start);
      HeldInputs held =
          compiled.hold(
              scope,
              name ->
                  layout
                      .slot(name)
                      .map(slot -> flat.view(scope, slot.offset(), slot.parameter().shape()))
                      .orElseGet(() -> frozen.apply(name)));
      List<Tensor> out = compiled.run(scope, held, staged.batch(scope, 0));
      double expected = GOLDEN.of(at, "loss")[0];
      assertEquals(expected, out.get(0).floats()[0], 2e-6 * expected);
      GOLDEN.assertGradient(at, layout, HostTensor.of(out.get(1)).doubles(), 1e-5);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"nf4", "nf4-dora"})
  void twentySteps(String at) throws IOException {
    try (Staged staged = Staged.of(at)) {
      FlatLayout layout = staged.layout();
      float[] start = ParityNumbers.start(layout);
      StepSettings settings = StepSettings.of(new AdamW(0.9, 0.999, 1e-8, 1e-2), 0);
      TaskLoss program = staged.program();
      TrainingStep step =
          TrainingStep.compile(staged.scope(), program.parameters(), program.loss(), settings);
      TrainingState state = TrainingState.begin(staged.scope(), step, layout, start);
      double[] losses = GOLDEN.of(at, "losses");
      assertEquals(ParityBatch.COUNT, losses.length);
      try (TrainingRun run = step.bind(staged.scope(), state, layout, staged.held(start))) {
        for (int i = 0; i < losses.length; i++) {
          try (Scope work = staged.scope().child("batch")) {
            double loss = run.step(RATE, 1, staged.batch(work, i)).loss();
            assertEquals(losses[i], loss, 1e-5 * losses[i], "step " + i);
          }
        }
      }
      GOLDEN.assertTrained(at, layout, HostTensor.of(state.weights()).doubles(), 1e-4);
    }
  }
}
