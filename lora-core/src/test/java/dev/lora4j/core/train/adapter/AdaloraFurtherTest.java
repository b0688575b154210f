package dev.lora4j.core.train.adapter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.adapter.Alpha;
import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.adapter.Methods;
import dev.lora4j.core.adapter.adalora.AdaloraMethod;
import dev.lora4j.core.adapter.lora.LoraMethod;
import dev.lora4j.core.adapter.training.TrainableMethods;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.host.HostTensor;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** AdaLoRA that is trained further has the scale of its file, or is refused. */
class AdaloraFurtherTest {
  private static final Site LAYER = Site.linear("toy.layer", Shape.of(6, 5), false);
  private static final int LEFT = 2;

  private static Factors factors(String alpha) {
    return Factors.of(
        AdaloraMethod.NAME,
        Map.of(
            LoraMethod.DOWN, ones(LEFT, 5),
            AdaloraMethod.SIZES, ones(LEFT, 1),
            LoraMethod.UP, ones(6, LEFT)),
        Map.of(AdaloraMethod.INITIAL, "4.0", Alpha.LORA_ALPHA, alpha));
  }

  private static HostTensor ones(int rows, int columns) {
    float[] values = new float[rows * columns];
    Arrays.fill(values, 1);
    return HostTensor.of(Shape.of(rows, columns), values);
  }

  private static AdapterPlan.Planned further(String alpha, String stored) {
    Adapter adapter = new Adapter("a", Map.of(LAYER.name(), List.of(factors(alpha))), Map.of());
    return AdapterRecipe.DEFAULT
        .method(TrainableMethods.named("adalora", Map.of("stored", stored)))
        .targets(TargetLayers.matching())
        .from(adapter)
        .plan(List.of(LAYER))
        .planned()
        .iterator()
        .next();
  }

  @ParameterizedTest
  @CsvSource({"6.0, adalora", "6.0, lora", "0.0, lora", "-3.0, lora"})
  void scaleIsThatOfTheFile(String alpha, String stored) {
    Factors found = factors(alpha);
    double scale = Methods.additive(found.method()).scale(found.structure());
    AdapterPlan.Planned planned = further(alpha, stored);
    assertEquals(scale, planned.method().scale(LAYER, planned.recipe()), 1e-6 * scale);
  }

  /** The recipe's scale would be 0, or turn the effect round. */
  @ParameterizedTest
  @ValueSource(strings = {"0.0", "-3.0"})
  void sizesApartAreNotTrainedFurtherWithoutAlpha(String alpha) {
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> further(alpha, "adalora"));
    String told = String.valueOf(e.getMessage());
    assertTrue(told.contains("lora_alpha is " + alpha), told);
    assertTrue(told.contains("stored = lora"), told);
  }
}
