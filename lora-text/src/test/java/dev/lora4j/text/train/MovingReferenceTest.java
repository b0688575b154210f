package dev.lora4j.text.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lora4j.core.Lora4j;
import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.adapter.lora.LoraMath;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.EngineOptions;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.host.HostTensor;
import dev.lora4j.text.align.ReferenceSync;
import dev.lora4j.text.pipeline.LanguageModel;
import dev.lora4j.text.pipeline.SmallModel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Factors of a reference that follows the model. */
class MovingReferenceTest {
  @TempDir private Path folder;

  private static MixPlan unasked() {
    throw new AssertionError("the adapter was made in vain");
  }

  private static Adapter adapter(Site site, float down, float up) {
    return new Adapter(
        "a",
        Map.of(
            site.name(),
            List.of(LoraMath.factors(filled(2, site.in(), down), filled(site.out(), 2, up), 2))),
        Map.of());
  }

  private static HostTensor filled(long rows, long columns, float value) {
    float[] values = new float[(int) (rows * columns)];
    Arrays.fill(values, value);
    return HostTensor.of(Shape.of(rows, columns), values);
  }

  private static void assertFactors(MovingReference reference, float down, float up) {
    Adapter found = reference.adapter().orElseThrow();
    found
        .sites()
        .values()
        .forEach(
            factors -> {
              for (HostTensor tensor : factors.get(0).tensors().values()) {
                float expected = tensor.shape().size(0) == 2 ? down : up;
                float[] all = new float[(int) tensor.shape().elements()];
                Arrays.fill(all, expected);
                assertArrayEquals(all, tensor.floats(), 1e-6f);
              }
            });
  }

  /** {@code share * model + (1 - share) * reference} of each factor, at its times alone. */
  @Test
  void factorsAreMixedWhenItIsTime() throws IOException {
    try (Lora4j lora = Lora4j.open(EngineOptions.DEFAULT.threads(1));
        LanguageModel model = LanguageModel.open(lora, SmallModel.write(folder))) {
      Site site =
          model.base().sites().all().stream()
              .filter(s -> s.kind() == Site.Kind.LINEAR && s.out() > 2)
              .findFirst()
              .orElseThrow();
      ReferenceSync sync = new ReferenceSync(2, 0.25);
      MovingReference reference = new MovingReference(model.scope(), model, MixPlan.NONE, 1, sync);
      reference.before(0, () -> MixPlan.of(adapter(site, 1, 0), 1));
      reference.before(1, MovingReferenceTest::unasked);
      assertFactors(reference, 1, 0);
      reference.before(2, () -> MixPlan.of(adapter(site, 5, 4), 1));
      assertFactors(reference, 2, 1);
      reference.before(3, MovingReferenceTest::unasked);
      Map<String, HostTensor> before = reference.state();
      MovingReference resumed = new MovingReference(model.scope(), model, MixPlan.NONE, 1, sync);
      Map<String, HostTensor> kept = new HashMap<>(before);
      kept.put("of something else", filled(1, 1, 1));
      resumed.restore(kept);
      assertEquals(reference.state(), resumed.state());
      for (MovingReference one : List.of(reference, resumed)) {
        one.before(4, () -> MixPlan.of(adapter(site, 10, -1), 1));
        assertFactors(one, 4, 0.5f);
      }
      assertEquals(
          reference.adapter().orElseThrow().identity(), resumed.adapter().orElseThrow().identity());
      // As if what came after had not been.
      resumed.restore(before);
      resumed.before(3, () -> MixPlan.of(adapter(site, 7, 7), 1));
      assertFactors(resumed, 2, 1);
      reference.before(0, () -> MixPlan.of(adapter(site, 3, 0), 1));
      assertFactors(reference, 3, 0);
    }
  }
}
