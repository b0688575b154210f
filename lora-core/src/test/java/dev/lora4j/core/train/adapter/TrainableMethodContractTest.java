package dev.lora4j.core.train.adapter;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.adapter.AdapterException;
import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.adapter.Methods;
import dev.lora4j.core.adapter.RoutedMethod;
import dev.lora4j.core.adapter.dora.DoraTraining;
import dev.lora4j.core.adapter.tlora.TloraTraining;
import dev.lora4j.core.adapter.training.FactorInit;
import dev.lora4j.core.adapter.training.ToolConvention;
import dev.lora4j.core.adapter.training.TrainableMethod;
import dev.lora4j.core.adapter.training.TrainableMethods;
import dev.lora4j.core.format.Family;
import dev.lora4j.core.format.SiteCatalogue;
import dev.lora4j.core.format.kohya.KohyaWriter;
import dev.lora4j.core.format.peft.PeftWriter;
import dev.lora4j.core.format.reading.AdapterFiles;
import dev.lora4j.core.format.writing.AdapterOutput;
import dev.lora4j.core.format.writing.AdapterWriter;
import dev.lora4j.core.format.writing.WriteOptions;
import dev.lora4j.core.format.writing.WriteRequest;
import dev.lora4j.core.nn.FlatLayout;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Engine;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.core.tensor.host.HostTensor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What every method that can be trained owes, whatever its mathematics. */
class TrainableMethodContractTest {
  private static final Engine ENGINE = Engine.open();
  private static final Scope SCOPE = ENGINE.scope("contract");
  private static final Family FAMILY = Family.of("the base", new SiteCatalogue(SmallNet.sites()));
  private static final PlainNet PLAIN = new PlainNet(SCOPE);
  private static final Map<TrainedCase, FewSteps> TRAINED = new HashMap<>();
  private static final Map<Structure, TrainedNet> COMPILED = new HashMap<>();

  @TempDir Path folder;

  @AfterAll
  static void close() {
    ENGINE.close();
  }

  static List<TrainedCase> all() {
    return TrainedCase.ALL;
  }

  /** Each case is trained once, and programs are compiled once: they are what costs time here. */
  private static FewSteps trained(TrainedCase at) {
    return TRAINED.computeIfAbsent(
        at,
        c -> {
          AdapterPlan plan = c.recipe().plan(SmallNet.sites());
          Structure structure = Structure.of(plan);
          Optional<TrainedNet> same = Optional.ofNullable(COMPILED.get(structure));
          TrainedNet net = new TrainedNet(SCOPE, plan, DType.F32, SmallNet.weights(), same);
          COMPILED.putIfAbsent(structure, net);
          return FewSteps.of(net);
        });
  }

  /** What a program knows of a plan: neither ranks nor scales nor first values. */
  private record Structure(TrainableMethod method, List<List<Object>> tensors) {
    static Structure of(AdapterPlan plan) {
      List<List<Object>> tensors = new ArrayList<>();
      for (AdapterPlan.Planned planned : plan.planned()) {
        planned.tensors().forEach(t -> tensors.add(List.of(t.part(), t.staged(), t.anchored())));
      }
      return new Structure(plan.recipe().method(), tensors);
    }
  }

  @Test
  void everyMethodHasACase() {
    Set<String> tested =
        all().stream().map(c -> c.recipe().method().name()).collect(Collectors.toSet());
    assertEquals(TrainableMethods.all().keySet(), new HashSet<>(tested));
  }

  @ParameterizedTest
  @MethodSource("all")
  void untrainedAdapterIsTheBase(TrainedCase at) {
    FewSteps trained = trained(at);
    assertTrue(TrainedNet.error(PLAIN.base(), trained.runs().get(0).output()) <= 1e-6);
    assertTrue(trained.net().adapter().unmet().isEmpty());
  }

  @ParameterizedTest
  @MethodSource("all")
  void gradientReachesEveryFactorAndBaseStays(TrainedCase at) {
    FewSteps trained = trained(at);
    double[] gradient = trained.last().gradient();
    for (FlatLayout.Slot slot : trained.net().adapter().layout().slots()) {
      double most = 0;
      for (long i = 0; i < slot.parameter().shape().elements(); i++) {
        most = Math.max(most, Math.abs(gradient[(int) (slot.offset() + i)]));
      }
      assertTrue(most > 0, slot.parameter().name());
    }
    Map<String, HostTensor> weights = SmallNet.weights();
    trained
        .net()
        .base()
        .forEach((name, t) -> assertEquals(weights.get(name), HostTensor.of(t), name));
  }

  @ParameterizedTest
  @MethodSource("all")
  void savedAdapterActsAsTheTrainedOne(TrainedCase at) {
    FewSteps trained = trained(at);
    Adapter adapter = new Adapter("trained", trained.factors(DType.F32), Map.of());
    Adapter read = written(at, adapter);
    assertEquals(adapter.identity(), read.identity());
    TrainableMethod method = at.recipe().method();
    double[] output =
        method.draws() || method.followsDenoising()
            ? evaluated(at, trained)
            : trained.last().output();
    double[] used = routed(read) ? PLAIN.beside(read, FAMILY) : PLAIN.patched(read, FAMILY);
    assertTrue(TrainedNet.error(output, used) <= 1e-5);
    assertNotEquals(0, TrainedNet.error(PLAIN.base(), output));
  }

  /** Returns true if no weight has the effect. */
  private static boolean routed(Adapter adapter) {
    return adapter.sites().values().stream()
        .flatMap(List::stream)
        .anyMatch(f -> Methods.named(f.method()) instanceof RoutedMethod);
  }

  /** Output in evaluation, for which all directions count. */
  private static double[] evaluated(TrainedCase at, FewSteps trained) {
    AdapterPlan plan = at.recipe().plan(SmallNet.sites()).withoutDropouts();
    try (TrainedNet net = new TrainedNet(SCOPE, plan, DType.F32)) {
      return net.run(TrainedNet.doubles(trained.flat()), trained.initial(), 0).output();
    }
  }

  /** To the nearest number of the stored type, once. */
  @ParameterizedTest
  @MethodSource("all")
  void halfPrecisionFactorsAreRoundedOnce(TrainedCase at) {
    Set<String> exact = at.recipe().method().unrounded();
    Map<String, List<Factors>> whole = trained(at).factors(DType.F32);
    for (Map.Entry<DType, Double> half :
        Map.of(DType.F16, 0x1p-11, DType.BF16, 0x1p-8).entrySet()) {
      Map<String, List<Factors>> rounded = trained(at).factors(half.getKey());
      whole.forEach(
          (site, all) -> {
            for (int i = 0; i < all.size(); i++) {
              Factors found = rounded.getOrDefault(site, List.of()).get(i);
              requireRounded(all.get(i), found, half, exact);
            }
          });
    }
  }

  @ParameterizedTest
  @MethodSource("all")
  void layoutRefusesBeforeTrainingAsWhenWriting(TrainedCase at) {
    AdapterPlan plan = at.recipe().plan(SmallNet.sites());
    Adapter adapter = new Adapter("trained", trained(at).factors(DType.F32), Map.of());
    for (AdapterWriter layout : List.of(new KohyaWriter(), new PeftWriter())) {
      assertEquals(
          refusal(() -> layout.lay(new WriteRequest(adapter, FAMILY, false))),
          refusal(() -> plan.requireForm(layout, FAMILY)),
          layout.name());
    }
  }

  /** What helps who is about to train is not what helps who has a file. */
  @Test
  void layoutWithoutThisDoraNamesTheOtherConvention() {
    AdapterRecipe plain =
        AdapterRecipe.DEFAULT.targets(TargetLayers.of(TargetPreset.ATTENTION_FEED_FORWARD));
    for (ToolConvention convention : ToolConvention.values()) {
      AdapterPlan plan =
          plain.method(new DoraTraining("lora", convention, true)).plan(SmallNet.sites());
      boolean peft = convention == ToolConvention.PEFT;
      AdapterWriter other = peft ? new KohyaWriter() : new PeftWriter();
      String told = refusal(() -> plan.requireForm(other, FAMILY)).orElseThrow();
      assertTrue(told.contains("convention = " + (peft ? "lycoris" : "peft")), told);
    }
  }

  private static Optional<String> refusal(Runnable work) {
    try {
      work.run();
      return Optional.empty();
    } catch (AdapterException e) {
      return Optional.ofNullable(e.getMessage());
    }
  }

  private static void requireRounded(
      Factors whole, Factors rounded, Map.Entry<DType, Double> half, Set<String> exact) {
    assertEquals(whole.settings(), rounded.settings());
    whole
        .tensors()
        .forEach(
            (role, tensor) -> {
              HostTensor found = Objects.requireNonNull(rounded.tensors().get(role), role);
              if (exact.contains(role) || !tensor.dtype().floating()) {
                assertEquals(tensor, found, role);
                return;
              }
              assertEquals(half.getKey(), found.dtype(), role);
              double[] expected = tensor.doubles();
              double[] values = found.doubles();
              for (int j = 0; j < values.length; j++) {
                double tolerance = Math.max(half.getValue() * Math.abs(expected[j]), 0x1p-25);
                assertEquals(expected[j], values[j], tolerance, role);
              }
            });
  }

  @ParameterizedTest
  @MethodSource("all")
  void bufferOrderIsThatOfTheModel(TrainedCase at) {
    StagedAdapter one = trained(at).net().adapter();
    AdapterPlan plan = at.recipe().plan(SmallNet.sites());
    StagedAdapter two = TrainedNet.staged(plan);
    assertEquals(one.layout().slots(), two.layout().slots());
    List<String> names = two.layout().slots().stream().map(s -> s.parameter().name()).toList();
    assertEquals(names, one.parameters().stream().map(p -> p.name()).toList());
    assertArrayEquals(trained(at).initial(), trained(at).net().initial(FewSteps.SEED));
    assertEquals(one.layout().length(), plan.elements());
  }

  @ParameterizedTest
  @MethodSource("all")
  void warmStartReproducesTheAdapterOfAFile(TrainedCase at) {
    if (at.recipe().method() instanceof TloraTraining) {
      warmStartOfDirectionsIsRefused(at);
      return;
    }
    Adapter trained = new Adapter("trained", trained(at).factors(DType.F32), Map.of());
    Adapter read = written(at, trained);
    // Neither layers nor size are said again; what was made of singular directions is LoRA since.
    AdapterRecipe going =
        at.recipe()
            .targets(TargetLayers.matching())
            .overrides(List.of())
            .rank(1, 1)
            .start(FactorInit.KAIMING)
            .from(read);
    StagedAdapter net = TrainedNet.staged(going.plan(SmallNet.sites()));
    float[] initial = net.initial(SCOPE, FewSteps.SEED + 1, TrainableMethodContractTest::unasked);
    Adapter again = new Adapter("again", net.factors(initial, initial, DType.F32), Map.of());
    assertEquals(trained.identity(), again.identity());
  }

  /** It begins with directions of the base, which no file has. */
  private void warmStartOfDirectionsIsRefused(TrainedCase at) {
    Adapter read = written(at, new Adapter("trained", trained(at).factors(DType.F32), Map.of()));
    AdapterRecipe going = at.recipe().from(read);
    IllegalArgumentException told =
        assertThrows(IllegalArgumentException.class, () -> going.plan(SmallNet.sites()));
    assertTrue(String.valueOf(told.getMessage()).contains("by the method lora"), told.toString());
  }

  private static Tensor unasked(Site site) {
    throw new AssertionError("all there is to know of " + site.name() + " is in the file");
  }

  private Adapter written(TrainedCase at, Adapter adapter) {
    if (!at.peft()) {
      Path file = folder.resolve("a.safetensors");
      AdapterOutput.write(adapter, FAMILY, new KohyaWriter(), WriteOptions.EXACT, file);
      return AdapterFiles.read(file, FAMILY).adapter();
    }
    WriteRequest request = new WriteRequest(adapter, FAMILY, false);
    assertThrows(AdapterException.class, () -> new KohyaWriter().lay(request), at.name());
    Path path = folder.resolve("peft");
    AdapterOutput.write(adapter, FAMILY, new PeftWriter(), WriteOptions.EXACT, path);
    return AdapterFiles.read(path, FAMILY).adapter();
  }
}
