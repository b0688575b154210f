package dev.lora4j.core.train.run;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.lora4j.core.adapter.training.TrainableMethods;
import dev.lora4j.core.nn.FlatLayout;
import dev.lora4j.core.nn.FlatParameters;
import dev.lora4j.core.nn.Parameter;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.safetensors.Safetensors;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Engine;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Graph;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.host.HostTensor;
import dev.lora4j.core.train.MaxNorm;
import dev.lora4j.core.train.StepSettings;
import dev.lora4j.core.train.TrainingState;
import dev.lora4j.core.train.TrainingStep;
import dev.lora4j.core.train.adapter.AdapterParameter;
import dev.lora4j.core.train.adapter.AdapterPlan;
import dev.lora4j.core.train.adapter.AdapterRecipe;
import dev.lora4j.core.train.adapter.TargetLayers;
import dev.lora4j.core.train.adapter.TargetPreset;
import dev.lora4j.core.train.optimizer.AdamW;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Changes of LoHa and LoKr are kept as small as LyCORIS keeps them. */
class ProductLayersTest {
  private static final Engine ENGINE = Engine.open();
  private static final Safetensors GOLDEN =
      Safetensors.open(
          Path.of("src/test/resources/dev/lora4j/core/train/maxnorm-lycoris.safetensors"));
  private static final double MOST = 1.5;
  private static final double ALPHA = 3;
  private static final List<Site> SITES =
      List.of(
          Site.linear("unet.small", Shape.of(12, 8), true),
          Site.linear("unet.linear", Shape.of(12, 8), true),
          Site.convolution("unet.conv", Shape.of(8, 4, 3, 3), 1, 0));

  @AfterAll
  static void close() {
    GOLDEN.close();
    ENGINE.close();
  }

  private static double[] golden(String name) {
    var info = GOLDEN.tensors().get(name);
    return HostTensor.owning(info.dtype(), info.shape(), GOLDEN.bytes(name)).doubles();
  }

  private static AdapterRecipe recipe(String method, int rank, Map<String, String> named) {
    return AdapterRecipe.DEFAULT
        .method(TrainableMethods.named(method, named))
        .targets(TargetLayers.of(TargetPreset.ALL))
        .rank(rank, ALPHA);
  }

  private static List<AdapterParameter> trained(AdapterPlan plan) {
    List<AdapterParameter> all = new ArrayList<>();
    plan.sites()
        .forEach(
            (site, how) ->
                plan.recipe().methodAt(site).tensors(site, how).stream()
                    .map(
                        t ->
                            new AdapterParameter(
                                site.name() + "." + t.part(), site, t.part(), t.shape().elements()))
                    .forEach(all::add));
    return all;
  }

  private static TrainingStep step(Scope scope, AdapterPlan plan) {
    Graph graph = new Graph();
    FlatParameters flat = new FlatParameters(graph, DType.F64);
    Expr loss = graph.constant(0, DType.F64);
    for (var shape : plan.shapes().entrySet()) {
      Parameter p = new Parameter(shape.getKey(), shape.getValue(), Parameter.Init.ZEROS);
      loss = loss.add(flat.leaf(p).sum());
    }
    return TrainingStep.compile(scope, flat, loss, StepSettings.of(AdamW.DEFAULT, 0));
  }

  private static TrainingState begin(Scope scope, TrainingStep step, String golden) {
    float[] weights = new float[(int) step.layout().length()];
    for (FlatLayout.Slot slot : step.layout().slots()) {
      double[] values = golden(golden + "/start/" + slot.parameter().name());
      for (int i = 0; i < values.length; i++) {
        weights[(int) slot.offset() + i] = (float) values[i];
      }
    }
    return TrainingState.begin(scope, step, weights);
  }

  private static Stream<Arguments> methods() {
    return Stream.of(
        arguments("loha", "loha", 2, Map.of()),
        arguments("lokr", "lokr", 2, Map.of("factor", "2")),
        arguments("lokr-both", "lokr", 1, Map.of("decompose-both", "true")),
        arguments("lokr-full", "lokr", 2, Map.of("factor", "2", "full-matrix", "true")));
  }

  @ParameterizedTest
  @MethodSource("methods")
  void productLayersAreScaledAsInLycoris(
      String golden, String method, int rank, Map<String, String> named) {
    AdapterPlan plan = recipe(method, rank, named).plan(SITES);
    try (Scope scope = ENGINE.scope("test");
        TrainingStep step = step(scope, plan)) {
      List<MaxNorm.Layer> layers = ProductLayers.of(plan, trained(plan));
      assertEquals(SITES.size(), layers.size());
      MaxNorm norm = MaxNorm.compile(scope, step, step.layout(), MOST, layers);
      TrainingState state = begin(scope, step, golden);
      MaxNorm.Scaled scaled = norm.apply(state);
      double[] expected = golden(golden + "/result");
      assertArrayEquals(
          expected, new double[] {scaled.count(), scaled.mean(), scaled.greatest()}, 1e-12);
      double[] found = HostTensor.of(state.weights()).doubles();
      for (FlatLayout.Slot slot : step.layout().slots()) {
        double[] values = golden(golden + "/scaled/" + slot.parameter().name());
        for (int i = 0; i < values.length; i++) {
          assertEquals(values[i], found[(int) slot.offset() + i], 1e-12, slot.toString());
        }
      }
    }
  }

  @Test
  void layersThatAreTrainedWholeAreLeftOut() {
    AdapterPlan plan = recipe("lora", 2, Map.of()).saved("unet.conv").plan(SITES);
    List<MaxNorm.Layer> layers = ProductLayers.of(plan, trained(plan));
    assertEquals(2, layers.size());
    assertTrue(layers.stream().noneMatch(l -> l.weights().get(0).startsWith("unet.conv")));
  }
}
