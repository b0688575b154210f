package dev.lora4j.flow;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.Lora4j;
import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.mix.Route;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.core.tensor.host.HostTensor;
import dev.lora4j.diffusion.pipeline.StableDiffusion;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Contract of adapters of several programs: a base with one does what diffusers does. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class AdapterContract {
  private static final String OWN = "diffusers";
  private static final int KEPT = 3;

  private final Lora4j lora = Lora4j.open();
  private final GoldenPipeline golden;
  private final String run;
  private final int layers;
  private final List<String> others;
  private final StableDiffusion sd;

  /**
   * For a pipeline, whose {@code diffusers.safetensors} is on all linear layers.
   *
   * @param run whose inputs the predictions are of
   * @param layers how many linear layers the transformer has
   * @param others names of adapters in the layouts of other programs
   */
  protected AdapterContract(GoldenPipeline golden, String run, int layers, String... others) {
    this.golden = golden;
    this.run = run;
    this.layers = layers;
    this.others = List.of(others);
    sd = StableDiffusion.open(lora, golden.pipeline().source());
  }

  @AfterAll
  void close() {
    sd.close();
    lora.close();
  }

  /** Names of adapters in the layouts of other programs. */
  protected Stream<String> others() {
    return others.stream();
  }

  /** Names of all adapters. */
  protected Stream<String> all() {
    return Stream.concat(Stream.of(OWN), others());
  }

  /**
   * An adapter of another base.
   *
   * @param layer how the first layer's name begins there
   */
  public record Foreign(Path file, String layer) {}

  /** The adapter that the base refuses. */
  protected Foreign foreign() {
    return new Foreign(Goldens.RESOURCES.resolve("kohya.safetensors"), "lora_unet_joint_blocks");
  }

  private Adapter adapter(String name) {
    return sd.adapter(golden.adapter(name));
  }

  /** Predictions on given inputs. */
  private double[] predicted(MixPlan plan) {
    try (Scope scope = sd.scope().child("test")) {
      Tensor out =
          sd.rowPredictor(scope, List.of(plan))
              .predict(scope, List.of(0, 0), golden.inputs(scope, run));
      return HostTensor.of(out).doubles();
    }
  }

  @ParameterizedTest
  @MethodSource("all")
  void predictionsWithAnAdapterAreThoseOfDiffusers(String name) {
    golden.assertClose(name + ".out", predicted(MixPlan.of(adapter(name), 1)));
  }

  @Test
  void theStrengthCounts() {
    golden.assertClose(OWN + ".weaker", predicted(MixPlan.of(adapter(OWN), 0.6)));
  }

  private List<float[]> path(String name, double weight, Route route) {
    MixPlan plan = MixPlan.of(adapter(name), weight).route(route);
    List<float[]> path = sd.paths(List.of(golden.prompt().mix(plan))).get(0).latents();
    assertEquals(KEPT, path.size());
    return path;
  }

  @ParameterizedTest
  @EnumSource(names = {"MERGED", "UNMERGED"})
  void picturesWithAnAdapterAreThoseOfDiffusers(Route route) {
    List<float[]> found = path(OWN, 0.6, route);
    for (int step = 0; step < KEPT; step++) {
      golden.assertFromText(OWN + ".step" + step, Goldens.doubles(found.get(step)));
    }
  }

  @ParameterizedTest
  @MethodSource("others")
  void mergedAndUnmergedAreOne(String name) {
    List<float[]> merged = path(name, 0.5, Route.MERGED);
    List<float[]> unmerged = path(name, 0.5, Route.UNMERGED);
    for (int step = 0; step < KEPT; step++) {
      Goldens.assertClose(
          name,
          Goldens.doubles(merged.get(step)),
          Goldens.doubles(unmerged.get(step)),
          GoldenPipeline.CLOSE);
    }
  }

  @Test
  void allLayersAreFound() {
    assertEquals(layers, adapter(OWN).sites().size());
  }

  @Test
  void anAdapterOfAnotherBaseIsRefused() {
    Foreign foreign = foreign();
    String message =
        String.valueOf(
            assertThrows(RuntimeException.class, () -> sd.adapter(foreign.file())).getMessage());
    String base = golden.pipeline().source().getFileName() + " has no layer for ";
    assertTrue(message.contains(base + foreign.layer()), message);
    assertTrue(message.contains("made for another base"), message);
  }
}
