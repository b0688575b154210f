package dev.lora4j.core.train.adapter;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.adapter.full.FullTraining;
import dev.lora4j.core.adapter.full.ModulesToSaveMethod;
import dev.lora4j.core.format.Family;
import dev.lora4j.core.format.SiteCatalogue;
import dev.lora4j.core.format.peft.PeftWriter;
import dev.lora4j.core.format.reading.AdapterFiles;
import dev.lora4j.core.format.writing.AdapterOutput;
import dev.lora4j.core.format.writing.WriteOptions;
import dev.lora4j.core.nn.FlatLayout;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Engine;
import dev.lora4j.core.tensor.EngineOptions;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.host.HostTensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Layers that are trained whole beside layers with factors. */
class ModulesToSaveTest {
  private static final Engine ENGINE = Engine.open(EngineOptions.DEFAULT.threads(1));
  private static final Scope SCOPE = ENGINE.scope("saved layers");
  private static final Family FAMILY =
      Family.of("small", new SiteCatalogue(SmallNet.sites(), Set.of()));
  private static final AdapterRecipe LORA =
      AdapterRecipe.DEFAULT.targets(TargetLayers.matching("to_q", "to_v")).rank(2, 2);
  private static final AdapterRecipe MIXED = LORA.saved("ff.net.2", "attentions.0.norm", "conv1");

  @TempDir Path folder;

  @AfterAll
  static void close() {
    SCOPE.close();
    ENGINE.close();
  }

  private static FewSteps trained(AdapterRecipe recipe) {
    AdapterPlan plan = recipe.plan(SmallNet.sites());
    return FewSteps.of(new TrainedNet(SCOPE, plan, DType.F32));
  }

  private static double[] gradient(FewSteps steps, String end) {
    FlatLayout.Slot slot =
        steps.net().adapter().layout().slots().stream()
            .filter(s -> s.parameter().name().endsWith(end))
            .findFirst()
            .orElseThrow();
    int from = (int) slot.offset();
    int to = from + (int) slot.parameter().shape().elements();
    return Arrays.copyOfRange(steps.runs().get(0).gradient(), from, to);
  }

  @Test
  void modulesToSaveStartFromTheBaseValues() throws IOException {
    FewSteps steps = trained(MIXED);
    PlainNet plain = new PlainNet(SCOPE);
    assertTrue(TrainedNet.error(plain.base(), steps.runs().get(0).output()) <= 1e-6);
    Adapter adapter = new Adapter("mixed", steps.factors(DType.F32), Map.of());
    assertEquals(5, adapter.sites().size());
    adapter
        .sites()
        .forEach(
            (site, factors) -> {
              String method = site.contains("attn1") ? "lora" : ModulesToSaveMethod.NAME;
              assertEquals(method, factors.get(0).method(), site);
            });
    AdapterOutput.write(
        adapter, FAMILY, new PeftWriter(), WriteOptions.EXACT, folder.resolve("peft"));
    String config = Files.readString(folder.resolve("peft/adapter_config.json"));
    assertTrue(config.contains("modules_to_save\": [\n"), config);
    Adapter read = AdapterFiles.read(folder.resolve("peft"), FAMILY).adapter();
    assertEquals(adapter.identity(), read.identity());
    double[] output = steps.last().output();
    assertTrue(TrainedNet.error(output, plain.patched(read, FAMILY)) <= 1e-5);
    assertTrue(TrainedNet.error(plain.base(), output) > 1e-3);
  }

  /** The gradient of W + D by D is that by W. */
  @Test
  void modulesToSaveHaveTheGradientOfDiffs() {
    FewSteps whole = trained(LORA.targets(TargetLayers.matching()).saved("ff.net.2"));
    AdapterRecipe full = LORA.method(new FullTraining(true, true));
    FewSteps change = trained(full.targets(TargetLayers.matching("ff.net.2")));
    assertArrayEquals(gradient(change, ".diff"), gradient(whole, ".new_weight"), 1e-7);
    assertArrayEquals(gradient(change, ".diff_b"), gradient(whole, ".new_bias"), 1e-7);
    Map<String, HostTensor> weights = SmallNet.weights();
    String layer = "down_blocks.0.attentions.0.transformer_blocks.0.ff.net.2.";
    HostTensor bias = Objects.requireNonNull(weights.get(layer + "bias"));
    float[] end = new float[6];
    System.arraycopy(whole.initial(), whole.initial().length - 6, end, 0, 6);
    assertArrayEquals(bias.doubles(), TrainedNet.doubles(end));
  }

  @Test
  void patternsThatMeanNoLayerAreRefused() {
    String message =
        assertThrows(
                IllegalArgumentException.class,
                () -> LORA.saved("clasifier").plan(SmallNet.sites()))
            .getMessage();
    assertTrue(message.contains("clasifier, to be trained whole, matches no layer"), message);
  }

  /** A layer that is a target and saved is trained whole, as PEFT leaves it out of the targets. */
  @Test
  void savedLayersGoBeforeTargets() {
    AdapterPlan plan = LORA.saved("to_v").plan(SmallNet.sites());
    assertEquals(
        List.of("lora", ModulesToSaveMethod.NAME),
        plan.planned().stream().map(p -> p.method().name()).toList());
  }
}
