package dev.lora4j.diffusion.style;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.adapter.AdapterException;
import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.adapter.LowRank;
import dev.lora4j.core.adapter.lora.LoraMath;
import dev.lora4j.core.adapter.lora.LoraMethod;
import dev.lora4j.core.nn.FlatLayout;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Engine;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Graph;
import dev.lora4j.core.tensor.HeldInputs;
import dev.lora4j.core.tensor.Program;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.core.tensor.host.HostTensor;
import dev.lora4j.core.train.SeededNoise;
import dev.lora4j.core.train.adapter.AdapterPlan;
import dev.lora4j.core.train.run.Staging;
import dev.lora4j.core.train.run.TaskLoss;
import dev.lora4j.diffusion.TinySd;
import dev.lora4j.diffusion.base.DiffusionModel;
import dev.lora4j.diffusion.base.LoadOptions;
import dev.lora4j.diffusion.train.objective.Objective;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Steps with an adapter that is active and not trained are those on a base that has it merged. */
class TrainingAdapterTest {
  private static final Engine ENGINE = Engine.open();
  private static final double WEIGHT = 0.75;
  private static final int RANK = 2;

  @AfterAll
  static void close() {
    ENGINE.close();
  }

  private static DiffusionModel model(Scope scope) {
    return DiffusionModel.load(scope, TinySd.FOLDER, LoadOptions.in(DType.F64));
  }

  private static boolean changes(Site site) {
    boolean kind = site.kind() == Site.Kind.LINEAR || site.kind() == Site.Kind.CONVOLUTION;
    return kind && site.name().startsWith("unet.down_blocks");
  }

  /** A LoRA of all linear layers and convolutions on the way down. */
  private static Adapter active(DiffusionModel model) {
    Map<String, List<Factors>> sites = new HashMap<>();
    int number = 0;
    for (Site site : model.sites().all()) {
      if (changes(site)) {
        HostTensor down = numbers(LowRank.down(site, RANK), number++);
        HostTensor up = numbers(LowRank.up(site, RANK), number++);
        sites.put(site.name(), List.of(LoraMath.factors(down, up, RANK / 2.0)));
      }
    }
    return new Adapter("active", sites, Map.of());
  }

  private static HostTensor numbers(Shape shape, long number) {
    float[] all = new float[Math.toIntExact(shape.elements())];
    SeededNoise.of(11, number).gaussians(all, 0, all.length);
    for (int i = 0; i < all.length; i++) {
      all[i] *= 0.2f;
    }
    return HostTensor.of(shape, all);
  }

  /** Weights with the adapter, summed in F64. */
  private static Map<String, Tensor> merged(Scope scope, DiffusionModel model, Adapter adapter) {
    Map<String, Tensor> all = new HashMap<>();
    for (Site site : model.sites().all()) {
      for (Factors factors : adapter.at(site.name())) {
        String name = site.name().substring("unet.".length()) + ".weight";
        HostTensor weight = HostTensor.of(model.denoiserWeights().tensor(name));
        double[] sum = weight.doubles().clone();
        float[] down = factors.tensor(LoraMethod.DOWN).floats();
        float[] up = factors.tensor(LoraMethod.UP).floats();
        int width = down.length / RANK;
        for (int i = 0; i < sum.length; i++) {
          for (int k = 0; k < RANK; k++) {
            sum[i] += WEIGHT * 0.5 * up[i / width * RANK + k] * down[k * width + i % width];
          }
        }
        all.put(name, HostTensor.of(DType.F64, weight.shape(), sum).on(scope));
      }
    }
    return all;
  }

  /** Loss, then gradient. */
  private static double[] step(
      Scope scope,
      DiffusionModel model,
      StyleSettings settings,
      TrainedDenoiser base,
      Function<String, Optional<Tensor>> weights) {
    AdapterPlan plan = settings.recipe().plan(model.sites().all());
    Objective objective = new Objective(model.schedule(), settings.objective());
    Staging at =
        new Staging(
            new Graph(),
            model.compute(),
            StyleProgram.groups(plan, settings),
            plan,
            Staging.Purpose.TRAINING);
    TaskLoss program =
        at.staged(StyleProgram.loss(at, base, model, objective, settings, PredictionLoss.NOISE, 0));
    FlatLayout layout = program.factors().layout();
    float[] start = ParityNumbers.start(layout);
    Expr gradient = program.parameters().gradient(program.loss());
    List<Expr> outputs = List.of(program.loss().detach(), gradient);
    Program compiled = program.parameters().graph().training(scope, outputs);
    double[] exact = new double[start.length];
    Arrays.setAll(exact, i -> start[i]);
    Tensor flat = HostTensor.of(DType.F64, Shape.of(start.length), exact).on(scope);
    Map<String, Tensor> own = program.factors().held(scope, start);
    HeldInputs held =
        compiled.hold(
            scope,
            name ->
                layout
                    .slot(name)
                    .map(slot -> flat.view(scope, slot.offset(), slot.parameter().shape()))
                    .or(() -> Optional.ofNullable(own.get(name)))
                    .or(() -> weights.apply(name))
                    .or(() -> base.held(name))
                    .orElseGet(() -> StyleProgram.held(model, name)));
    List<Tensor> batch = new ArrayList<>(new ParityBatch(0).inputs(scope, model, objective, false));
    List<Tensor> out = compiled.run(scope, held, batch);
    double[] first = HostTensor.of(out.get(0)).doubles();
    double[] rest = HostTensor.of(out.get(1)).doubles();
    double[] all = Arrays.copyOf(first, 1 + rest.length);
    System.arraycopy(rest, 0, all, 1, rest.length);
    return all;
  }

  /** Plain LoRA has it beside the weights; DoRA, which reads them, in weights summed in F32. */
  @ParameterizedTest
  @CsvSource({"LORA, 1e-9", "LOCON, 1e-9", "DORA, 1e-6"})
  void stepIsThatOnTheMergedBase(ParityCase at, double bound) {
    try (Scope scope = ENGINE.scope("active")) {
      DiffusionModel model = model(scope);
      StyleSettings settings = at.settings();
      Adapter adapter = active(model);
      TrainingAdapter active = new TrainingAdapter(adapter, WEIGHT);
      TrainedDenoiser base = TrainedDenoiser.with(scope, model, active, settings.recipe());
      double[] found = step(scope, model, settings, base, name -> Optional.empty());
      Map<String, Tensor> merged = merged(scope, model, adapter);
      TrainedDenoiser alone = TrainedDenoiser.alone(model);
      double[] expected =
          step(scope, model, settings, alone, name -> Optional.ofNullable(merged.get(name)));
      double greatest = Arrays.stream(expected).skip(1).map(Math::abs).max().orElse(0);
      assertEquals(expected[0], found[0], bound * expected[0]);
      assertArrayEquals(expected, found, bound * Math.max(greatest, expected[0]));
      double[] without = step(scope, model, settings, alone, name -> Optional.empty());
      assertNotEquals(without[0], found[0], 1e-4 * without[0]);
      boolean plain = at != ParityCase.DORA;
      assertEquals(plain, base.held("down_blocks.0.resnets.0.conv1.weight").isEmpty());
    }
  }

  @Test
  void whatDoesNotFitIsRefused() {
    try (Scope scope = ENGINE.scope("refused")) {
      DiffusionModel model = model(scope);
      Site layer =
          model.sites().all().stream()
              .filter(TrainingAdapterTest::changes)
              .findFirst()
              .orElseThrow();
      List<Factors> factors =
          List.of(
              LoraMath.factors(
                  numbers(LowRank.down(layer, RANK), 0),
                  numbers(LowRank.up(layer, RANK), 1),
                  RANK));
      Adapter foreign = new Adapter("foreign", Map.of("unet.elsewhere", factors), Map.of());
      TrainingAdapter active = new TrainingAdapter(foreign, 1);
      AdapterException e =
          assertThrows(
              AdapterException.class,
              () ->
                  TrainedDenoiser.with(scope, model, active, ParityCase.LORA.settings().recipe()));
      assertTrue(String.valueOf(e.getMessage()).contains("unet.elsewhere"), e.getMessage());
      Adapter texts =
          new Adapter("texts", Map.of("text_encoder.layers.0.q_proj", factors), Map.of());
      IllegalArgumentException text =
          assertThrows(IllegalArgumentException.class, () -> new TrainingAdapter(texts, 1));
      assertTrue(String.valueOf(text.getMessage()).contains("changes text_encoder"), "texts");
      assertThrows(IllegalArgumentException.class, () -> new TrainingAdapter(foreign, 0));
    }
  }

  @Test
  void identityIsOfContentAndWeight() {
    try (Scope scope = ENGINE.scope("identity")) {
      Adapter adapter = active(model(scope));
      String canonical = new TrainingAdapter(adapter, 1).canonical();
      assertEquals(
          canonical, new TrainingAdapter(adapter.described("other", Map.of()), 1).canonical());
      assertNotEquals(canonical, new TrainingAdapter(adapter, 0.5).canonical());
    }
  }
}
