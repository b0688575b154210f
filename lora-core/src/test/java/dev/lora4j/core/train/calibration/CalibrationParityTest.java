package dev.lora4j.core.train.calibration;

import static dev.lora4j.core.train.calibration.GoldenNet.golden;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.adapter.training.CalibrationSettings;
import dev.lora4j.core.adapter.training.CordaMode;
import dev.lora4j.core.adapter.training.EvaSettings;
import dev.lora4j.core.adapter.training.FactorInit;
import dev.lora4j.core.adapter.training.SiteRecipe;
import dev.lora4j.core.adapter.training.WarmStartFactors;
import dev.lora4j.core.nn.FlatLayout;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Engine;
import dev.lora4j.core.tensor.Graph;
import dev.lora4j.core.tensor.Program;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.core.tensor.host.HostTensor;
import dev.lora4j.core.train.adapter.AdapterPlan;
import dev.lora4j.core.train.adapter.AdapterRecipe;
import dev.lora4j.core.train.adapter.StagedAdapter;
import dev.lora4j.core.train.run.CheckpointPolicy;
import dev.lora4j.core.train.run.RunListener;
import dev.lora4j.core.train.run.Staging;
import dev.lora4j.core.train.run.TaskLoss;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Ranks and first factors against PEFT's and torch's (golden/training/calibration.py). */
class CalibrationParityTest {
  private static final Engine ENGINE = Engine.open();
  private static final Scope SCOPE = ENGINE.scope("calibration");

  @AfterAll
  static void close() {
    ENGINE.close();
  }

  private static AdapterPlan calibrated(GoldenNet net, List<String> notes) {
    RunListener listener =
        new RunListener() {
          @Override
          public void step(Step done) {
            throw new IllegalStateException("a step");
          }

          @Override
          public void calibrated(List<String> told) {
            notes.addAll(told);
          }
        };
    return Calibration.of(SCOPE, net, CheckpointPolicy.NOTHING, listener);
  }

  /** The flat buffer before the first step, by tensor. */
  private static Map<String, double[]> first(GoldenNet net, AdapterPlan plan) {
    TaskLoss staged = staged(net.planned(plan));
    StagedAdapter adapter = staged.factors();
    try (Scope scope = SCOPE.child("first")) {
      float[] flat = adapter.initial(scope, 1, net);
      Map<String, double[]> parts = new HashMap<>();
      for (FlatLayout.Slot slot : adapter.layout().slots()) {
        double[] part = new double[(int) slot.parameter().shape().elements()];
        for (int i = 0; i < part.length; i++) {
          part[i] = flat[(int) slot.offset() + i];
        }
        parts.put(slot.parameter().name(), part);
      }
      return parts;
    }
  }

  private static TaskLoss staged(GoldenNet net) {
    Staging at =
        new Staging(new Graph(), net.compute(), net.groups(), net.plan(), Staging.Purpose.TRAINING);
    return at.staged(net.loss(at));
  }

  @ParameterizedTest
  @CsvSource({
    "eva, 2, 0.99, false, true, false, false",
    "uniform, 1, 0.99, false, true, false, false",
    "white, 2, 0.99, true, false, false, false",
    "masked, 2, 0.99, false, true, true, false",
    "root, 2, 0.99, false, true, false, true",
    "strict, 2, 0.9995, false, true, false, false"
  })
  void evaIsThatOfPeft(
      String name,
      double rho,
      double tau,
      boolean whiten,
      boolean adjust,
      boolean masked,
      boolean root) {
    AdapterRecipe recipe =
        GoldenNet.recipe()
            .start(FactorInit.EVA)
            .rankStabilised(root)
            .calibration(
                CalibrationSettings.DEFAULT.with(new EvaSettings(rho, tau, whiten, adjust)));
    GoldenNet net = GoldenNet.of(SCOPE, recipe);
    net = masked ? net.masking() : net;
    List<String> notes = new ArrayList<>();
    AdapterPlan plan = calibrated(net, notes);
    int batches = (int) golden(name + "/batches").doubles()[0];
    assertEquals(batches, net.asked().size());
    assertTrue(notes.toString().contains("after " + batches + " batches"), notes.toString());
    Map<String, double[]> parts = first(net, plan);
    Map<String, SiteRecipe> sites = new HashMap<>();
    plan.sites().forEach((site, r) -> sites.put(site.name(), r));
    for (String layer : GoldenNet.LAYERS) {
      HostTensor expected = golden(name + "/" + layer + "/down");
      SiteRecipe found = Objects.requireNonNull(sites.get("net." + layer), layer);
      assertEquals(expected.shape().size(0), found.rank(), name + " " + layer);
      assertEquals(golden(name + "/" + layer + "/alpha").doubles()[0], found.alpha(), 1e-5);
      assertEquals(golden(name + "/" + layer + "/scale").doubles()[0], found.scale(), 1e-5);
      double[] down = Objects.requireNonNull(parts.get("net." + layer + ".down"));
      // PEFT whitens what layers of one input share once for each of them.
      if (!whiten || !List.of("q", "k", "v").contains(layer)) {
        double error = apart(expected.doubles(), down);
        // With fewer random directions than inputs have elements, both are approximations.
        assertTrue(error <= (rho == 1 ? 1e-3 : 2e-6), name + " " + layer + " " + error);
      }
      for (double value : Objects.requireNonNull(parts.get("net." + layer + ".up"))) {
        assertEquals(0, value);
      }
    }
  }

  private static double apart(double[] expected, double[] found) {
    assertEquals(expected.length, found.length);
    double most = 0;
    for (int i = 0; i < expected.length; i++) {
      most = Math.max(most, Math.abs(expected[i] - found[i]));
    }
    return most;
  }

  @Test
  void ranksGoByTheGradientsOfTorch() {
    GoldenNet net =
        GoldenNet.of(
            SCOPE,
            GoldenNet.recipe().calibration(CalibrationSettings.DEFAULT.byEnergy().batches(4)));
    AdapterPlan plan = calibrated(net, new ArrayList<>());
    double[] energies = golden("energies").doubles();
    List<RankShares.Layer> layers = new ArrayList<>();
    for (int i = 0; i < energies.length; i++) {
      Site site = GoldenNet.sites().get(i);
      layers.add(new RankShares.Layer(energies[i], site.in() + site.out(), 4, 1, 8));
    }
    assertArrayEquals(
        RankShares.of(layers),
        plan.sites().values().stream().mapToLong(SiteRecipe::rank).toArray());
    plan.sites().values().forEach(r -> assertEquals(GoldenNet.ALPHA / 4, r.scale(), 1e-12));
    assertTrue(plan.elements() <= net.plan().elements());
    assertEquals(List.of(0L, 1L, 2L, 3L), net.asked());
  }

  private static GoldenNet ga(double gamma, boolean root) {
    return GoldenNet.of(
        SCOPE,
        GoldenNet.recipe()
            .start(FactorInit.LORA_GA)
            .rankStabilised(root)
            .calibration(CalibrationSettings.DEFAULT.gamma(gamma).batches(4)));
  }

  private static GoldenNet corda(CordaMode mode, boolean root) {
    return GoldenNet.of(
        SCOPE,
        GoldenNet.recipe()
            .start(FactorInit.CORDA)
            .rankStabilised(root)
            .calibration(CalibrationSettings.DEFAULT.with(mode).batches(4)));
  }

  private static GoldenNet of(String name) {
    return switch (name) {
      case "ga" -> ga(16, false);
      case "ga-root" -> ga(4, true);
      case "ipm" -> corda(CordaMode.IPM, false);
      case "kpm" -> corda(CordaMode.KPM, true);
      default -> throw new IllegalArgumentException(name);
    };
  }

  @ParameterizedTest
  @ValueSource(strings = {"ga", "ga-root", "ipm", "kpm"})
  void firstDirectionsAreThoseOfPeft(String name) {
    GoldenNet net = of(name);
    Map<String, double[]> parts = first(net, calibrated(net, new ArrayList<>()));
    for (String layer : GoldenNet.LAYERS) {
      HostTensor down = golden(name + "/first/" + layer + "/down");
      requireDirections(down.doubles(), part(parts, layer, "down"), (int) down.shape().size(1), 1);
      requireDirections(
          golden(name + "/first/" + layer + "/up").doubles(), part(parts, layer, "up"), 1, 4);
    }
  }

  private static double[] part(Map<String, double[]> parts, String layer, String part) {
    return Objects.requireNonNull(parts.get("net." + layer + "." + part));
  }

  /**
   * Compares directions up to their sign.
   *
   * @param along elements of a direction that lie side by side; 1 if directions are columns
   */
  private static void requireDirections(double[] expected, double[] found, int along, int count) {
    int directions = count == 1 ? expected.length / along : count;
    double scale = 0;
    for (double value : expected) {
      scale = Math.max(scale, Math.abs(value));
    }
    for (int d = 0; d < directions; d++) {
      double same = 0;
      double turned = 0;
      for (int i = 0; i < expected.length; i++) {
        int own = count == 1 ? i / along : i % count;
        if (own == d) {
          same = Math.max(same, Math.abs(expected[i] - found[i]));
          turned = Math.max(turned, Math.abs(expected[i] + found[i]));
        }
      }
      assertTrue(Math.min(same, turned) <= 2e-5 * scale, d + ": " + same + " or " + turned);
    }
  }

  /** From PEFT's factors, as their signs have no meaning and second steps depend on them. */
  @ParameterizedTest
  @CsvSource({"ga, 0.05", "ga-root, 0.05", "ipm, 0.002", "kpm, 0.002"})
  void stepsFromFirstDirectionsAreThoseOfPeft(String name, double rate) {
    GoldenNet net = of(name);
    Map<Site, WarmStartFactors> given = new LinkedHashMap<>();
    net.plan()
        .sites()
        .forEach(
            (site, recipe) -> {
              String layer = name + "/first/" + site.name().substring(4);
              given.put(
                  site,
                  new WarmStartFactors(
                      recipe,
                      Map.of("down", golden(layer + "/down"), "up", golden(layer + "/up"))));
            });
    GoldenNet trained = net.planned(net.plan().calibrated(given));
    TaskLoss staged = staged(trained);
    FlatLayout layout = staged.factors().layout();
    try (Scope scope = SCOPE.child("steps");
        Program program =
            staged
                .parameters()
                .graph()
                .training(
                    scope,
                    List.of(staged.loss().detach(), staged.parameters().gradient(staged.loss())))) {
      float[] initial = staged.factors().initial(scope, 1, trained);
      Map<String, Tensor> own = staged.factors().held(scope, initial);
      float[] flat = initial.clone();
      double[] losses = golden(name + "/losses").doubles();
      for (int step = 0; step < losses.length; step++) {
        Tensor weights = Tensor.of(scope, Shape.of(flat.length), flat.clone());
        List<Tensor> out =
            program.run(
                scope,
                program.hold(
                    scope,
                    n ->
                        layout
                            .slot(n)
                            .map(s -> weights.view(scope, s.offset(), s.parameter().shape()))
                            .or(() -> Optional.ofNullable(own.get(n)))
                            .orElseGet(() -> trained.held(n))),
                trained.batches(step, 1).get(0).inputs(scope));
        assertEquals(losses[step], out.get(0).floats()[0], 2e-6 * losses[step]);
        float[] gradient = out.get(1).floats();
        for (int i = 0; i < flat.length; i++) {
          flat[i] -= (float) (rate * gradient[i]);
        }
      }
      Map<String, List<Factors>> factors = staged.factors().factors(flat, initial, DType.F32);
      for (String layer : GoldenNet.LAYERS) {
        double[] expected = golden(name + "/" + layer + "/change").doubles();
        Factors stored = Objects.requireNonNull(factors.get("net." + layer)).get(0);
        double scale = 0;
        for (double value : expected) {
          scale = Math.max(scale, Math.abs(value));
        }
        double error = apart(expected, change(stored)) / scale;
        assertTrue(error <= 2e-4, name + " " + layer + " " + error);
      }
    }
  }

  /** The change of the weight by the stored factors. */
  private static double[] change(Factors stored) {
    HostTensor down = stored.tensor("lora_down.weight");
    HostTensor up = stored.tensor("lora_up.weight");
    int rank = (int) down.shape().size(0);
    int width = (int) down.shape().size(1);
    assertEquals(2 * GoldenNet.RANK, rank);
    double alpha = Double.parseDouble(Objects.requireNonNull(stored.settings().get("alpha")));
    double[] a = down.doubles();
    double[] b = up.doubles();
    double[] change = new double[(int) up.shape().size(0) * width];
    for (int i = 0; i < change.length; i++) {
      for (int r = 0; r < rank; r++) {
        change[i] += alpha / rank * b[i / width * rank + r] * a[r * width + i % width];
      }
    }
    return change;
  }
}
