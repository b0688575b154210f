package dev.lora4j.core.train.adapter;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.adapter.training.FactorInit;
import dev.lora4j.core.adapter.training.TrainableMethods;
import dev.lora4j.core.nn.FlatLayout;
import dev.lora4j.core.nn.QuantisedWeight;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.quantised.Nf4;
import dev.lora4j.core.safetensors.Safetensors;
import dev.lora4j.core.safetensors.TensorInfo;
import dev.lora4j.core.tensor.Engine;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.core.tensor.host.HostTensor;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** First values of factors that make up for rounding, against PEFT (golden/quantised/loftq.py). */
class LoftqParityTest {
  private static final Shape SHAPE = Shape.of(32, 64);
  private static final int RANK = 4;
  private static final double ALPHA = 7;
  private static final Site SITE = Site.linear("unet.to_q", SHAPE, false);
  private static final Engine ENGINE = Engine.open();
  private static final Scope SCOPE = ENGINE.scope("loftq");

  @AfterAll
  static void close() {
    ENGINE.close();
  }

  private static HostTensor golden(String name) {
    Path file = Path.of("src/test/resources/dev/lora4j/core/quantised/loftq.safetensors");
    try (Safetensors opened = Safetensors.open(file)) {
      TensorInfo info = Objects.requireNonNull(opened.tensors().get(name), name);
      return HostTensor.owning(info.dtype(), info.shape(), opened.bytes(name));
    }
  }

  private record Base(HostTensor rounded, Optional<HostTensor> whole) implements FrozenParameters {
    @Override
    public Tensor weight(Scope scope, Site site) {
      return rounded.on(scope);
    }

    @Override
    public Optional<Tensor> unrounded(Scope scope, Site site) {
      return whole.map(w -> w.on(scope));
    }
  }

  private static HostTensor rounded(HostTensor weight) {
    float[] values = new float[(int) SHAPE.elements()];
    weight.floats(values, 0);
    QuantisedWeight codes = new Nf4(64, false).quantised(values, SHAPE);
    codes.form().numbers(codes.parts(), SHAPE, 0, values);
    return HostTensor.of(SHAPE, values);
  }

  private static Map<String, double[]> initial(FrozenParameters base) {
    AdapterRecipe recipe =
        AdapterRecipe.DEFAULT
            .start(FactorInit.LOFTQ)
            .rank(RANK, ALPHA)
            .targets(TargetLayers.matching("to_q"));
    StagedAdapter adapter =
        InitialFactorsTest.staged(recipe.plan(List.of(SITE)), SITE.out(), SITE.rest());
    float[] flat = adapter.initial(SCOPE, 1, base);
    Map<String, double[]> parts = new HashMap<>();
    for (FlatLayout.Slot slot : adapter.layout().slots()) {
      int from = (int) slot.offset();
      int to = from + (int) slot.parameter().shape().elements();
      String name = slot.parameter().name();
      float[] values = Arrays.copyOfRange(flat, from, to);
      parts.put(name.substring(name.lastIndexOf('.') + 1), TrainedNet.doubles(values));
    }
    return parts;
  }

  @Test
  void factorsAreThoseOfPeftWhateverTheirScale() {
    HostTensor weight = golden("weight");
    HostTensor rounded = rounded(weight);
    assertEquals(golden(RANK + "/rounded"), rounded);
    Map<String, double[]> parts = initial(new Base(rounded, Optional.of(weight)));
    double[] product = new double[(int) SHAPE.elements()];
    int width = (int) SHAPE.size(1);
    for (int i = 0; i < product.length; i++) {
      for (int r = 0; r < RANK; r++) {
        double down = parts.get("down")[r * width + i % width];
        product[i] += ALPHA / RANK * parts.get("up")[i / width * RANK + r] * down;
      }
    }
    assertArrayEquals(golden(RANK + "/product").doubles(), product, 1e-6);
  }

  @Test
  void whatWasNotRoundedIsRefused() {
    Base base = new Base(golden("weight"), Optional.empty());
    IllegalArgumentException none =
        assertThrows(IllegalArgumentException.class, () -> initial(base));
    assertTrue(none.getMessage().contains("--base-precision nf4"), none.getMessage());
  }

  @Test
  void magnitudesCannotBeginSo() {
    AdapterRecipe dora =
        AdapterRecipe.DEFAULT
            .start(FactorInit.LOFTQ)
            .targets(TargetLayers.matching("to_q"))
            .rank(RANK, RANK);
    IllegalArgumentException refused =
        assertThrows(
            IllegalArgumentException.class,
            () -> dora.method(TrainableMethods.named("dora", Map.of())));
    assertTrue(refused.getMessage().contains("loftq"), refused.getMessage());
  }
}
